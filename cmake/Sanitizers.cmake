# MARGINFIX_SANITIZE=address,undefined | thread | fuzzer... applies to everything built here.
set(MARGINFIX_SANITIZE "" CACHE STRING "Sanitizers, comma separated")
if(MARGINFIX_SANITIZE)
  add_compile_options(-fsanitize=${MARGINFIX_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MARGINFIX_SANITIZE})
endif()
