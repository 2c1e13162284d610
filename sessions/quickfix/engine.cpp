// (begun)
