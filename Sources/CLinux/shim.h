// What the Glibc module leaves out: epoll, eventfd and accept4, as plain functions.
#pragma once
#include <sys/epoll.h>
#include <sys/eventfd.h>
