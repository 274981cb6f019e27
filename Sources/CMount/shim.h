#include <stdio.h>
#include <sys/sysmacros.h>
#include <libmount/libmount.h>
