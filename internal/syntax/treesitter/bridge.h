// What our C gives to Go: parse a source and hand back a flat array of nodes.

#ifndef WARDLET_BRIDGE_H
#define WARDLET_BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct TSLanguage TSLanguage;

// Same layout as syntax.Node.
typedef struct {
  uint16_t kind;
  uint8_t field;
  uint8_t flags;
  uint32_t start;
  uint32_t end;
  uint32_t skip;
} wardlet_node;

enum {
  WARDLET_NAMED = 1,
  WARDLET_ERROR = 2,
  WARDLET_MISSING = 4,
  WARDLET_HAS_ERROR = 8,
};

enum {
  WARDLET_OK,
  WARDLET_NO_MEMORY,
  WARDLET_BAD_LANGUAGE,
  WARDLET_OVER_BUDGET,
  WARDLET_NO_THREAD,
};

// Work of a parse: steps of 100 parser operations, and bytes asked for in all.
typedef struct {
  uint32_t steps;
  uint64_t bytes;
} wardlet_budget;

typedef struct {
  wardlet_node *nodes;  // to be freed by the caller
  uint32_t count;
  wardlet_budget used;
  int status;
  bool too_deep;        // nodes below the depth limit were left out
} wardlet_tree;

wardlet_tree wardlet_parse(const TSLanguage *language, const char *source, uint32_t length,
                           wardlet_budget limit, uint32_t max_depth);

void wardlet_use_counting_allocator(void);
uint32_t wardlet_kind_count(const TSLanguage *language);
uint32_t wardlet_field_count(const TSLanguage *language);
const char *wardlet_kind_name(const TSLanguage *language, uint16_t kind);
const char *wardlet_field_name(const TSLanguage *language, uint16_t field);

#endif
