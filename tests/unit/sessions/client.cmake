add_subdirectory(client)
