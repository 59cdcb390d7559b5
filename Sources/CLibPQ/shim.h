// libpq, PostgreSQL's C client.
#pragma once
#include <postgresql/libpq-fe.h>
