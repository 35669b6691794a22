// Parses with tree-sitter and copies its tree into one array, in one crossing
// from Go to C. Walking the tree node by node from Go would cost as much again
// as the parse.

#include "bridge.h"

#include <pthread.h>
#include <stdlib.h>

// The part of tree_sitter/api.h (0.25) that is used here. The header lies in
// another module, where no include path can reach it; the functions come with
// that module's objects when the program is linked.

typedef struct TSParser TSParser;
typedef struct TSTree TSTree;
typedef struct { uint32_t row, column; } TSPoint;
typedef struct { uint32_t context[4]; const void *id; const TSTree *tree; } TSNode;
typedef struct { const void *tree, *id; uint32_t context[3]; } TSTreeCursor;
typedef struct {
  void *payload;
  const char *(*read)(void *payload, uint32_t byte, TSPoint position, uint32_t *bytes_read);
  int encoding;
  void *decode;
} TSInput;
typedef struct { void *payload; uint32_t byte; bool has_error; } TSParseState;
typedef struct { void *payload; bool (*progress_callback)(TSParseState *state); } TSParseOptions;

extern void ts_set_allocator(void *(*)(size_t), void *(*)(size_t, size_t),
                             void *(*)(void *, size_t), void (*)(void *));
extern TSParser *ts_parser_new(void);
extern void ts_parser_delete(TSParser *);
extern bool ts_parser_set_language(TSParser *, const TSLanguage *);
extern TSTree *ts_parser_parse_with_options(TSParser *, const TSTree *, TSInput, TSParseOptions);
extern void ts_tree_delete(TSTree *);
extern TSNode ts_tree_root_node(const TSTree *);
extern TSTreeCursor ts_tree_cursor_new(TSNode);
extern void ts_tree_cursor_delete(TSTreeCursor *);
extern TSNode ts_tree_cursor_current_node(const TSTreeCursor *);
extern uint16_t ts_tree_cursor_current_field_id(const TSTreeCursor *);
extern bool ts_tree_cursor_goto_first_child(TSTreeCursor *);
extern bool ts_tree_cursor_goto_next_sibling(TSTreeCursor *);
extern bool ts_tree_cursor_goto_parent(TSTreeCursor *);
extern uint16_t ts_node_symbol(TSNode);
extern uint32_t ts_node_start_byte(TSNode);
extern uint32_t ts_node_end_byte(TSNode);
extern uint32_t ts_node_descendant_count(TSNode);
extern bool ts_node_is_named(TSNode);
extern bool ts_node_is_missing(TSNode);
extern bool ts_node_is_error(TSNode);
extern bool ts_node_has_error(TSNode);
extern uint32_t ts_language_symbol_count(const TSLanguage *);
extern uint32_t ts_language_field_count(const TSLanguage *);
extern const char *ts_language_symbol_name(const TSLanguage *, uint16_t);
extern const char *ts_language_field_name_for_id(const TSLanguage *, uint16_t);

static const uint16_t error_symbol = UINT16_MAX;

typedef struct {
  const char *bytes;
  uint32_t length;
} source_text;

static const char *read_source(void *payload, uint32_t byte, TSPoint position, uint32_t *bytes_read) {
  (void)position;
  source_text *source = payload;
  *bytes_read = byte < source->length ? source->length - byte : 0;
  return byte < source->length ? source->bytes + byte : "";
}

// Bytes the parser on this thread has asked for. Every parse has its own thread.
static _Thread_local uint64_t allocated;

static void *counted_malloc(size_t size) {
  allocated += size;
  return malloc(size);
}

static void *counted_calloc(size_t count, size_t size) {
  allocated += count * size;
  return calloc(count, size);
}

static void *counted_realloc(void *old, size_t size) {
  allocated += size;
  return realloc(old, size);
}

// The Go binding of tree-sitter, which is linked for its C code, sends every
// allocation through Go. These are faster and count. Both free the same way.
void wardlet_use_counting_allocator(void) {
  ts_set_allocator(counted_malloc, counted_calloc, counted_realloc, free);
}

typedef struct {
  uint32_t steps;
  wardlet_budget limit;
} parse_work;

// Called once for every 100 operations of the parser. It counts and never looks
// at the clock, so that a source parses the same on a busy machine. Operations
// alone do not tell the work: after many errors each copies all that was read,
// which shows in the bytes it asks for.
static bool over_budget(TSParseState *state) {
  parse_work *work = state->payload;
  work->steps++;
  return work->steps > work->limit.steps || allocated > work->limit.bytes;
}

static wardlet_node flat_node(TSNode node, uint16_t field, uint16_t error_kind) {
  uint16_t symbol = ts_node_symbol(node);
  uint8_t flags = 0;
  if (ts_node_is_named(node)) flags |= WARDLET_NAMED;
  if (ts_node_is_error(node)) flags |= WARDLET_ERROR;
  if (ts_node_is_missing(node)) flags |= WARDLET_MISSING;
  if (ts_node_has_error(node)) flags |= WARDLET_HAS_ERROR;
  return (wardlet_node){
    .kind = symbol == error_symbol ? error_kind : symbol,
    .field = (uint8_t)field,
    .flags = flags,
    .start = ts_node_start_byte(node),
    .end = ts_node_end_byte(node),
  };
}

// A walk over one tree. open[depth] is the index of the kept node at that depth,
// or UINT32_MAX where the node is a token that is not kept.
typedef struct {
  TSTreeCursor cursor;
  wardlet_tree *out;
  uint32_t capacity;
  uint32_t *open;
  uint32_t depth;
  uint16_t error_kind;
} tree_walk;

// Copies the current node if it is named or stands in a field.
static void keep(tree_walk *walk) {
  TSNode node = ts_tree_cursor_current_node(&walk->cursor);
  uint16_t field = ts_tree_cursor_current_field_id(&walk->cursor);
  bool kept = field != 0 || walk->depth == 0 || ts_node_is_named(node);
  walk->open[walk->depth] = UINT32_MAX;
  if (!kept || walk->out->count == walk->capacity) return;
  walk->open[walk->depth] = walk->out->count;
  walk->out->nodes[walk->out->count++] = flat_node(node, field, walk->error_kind);
}

// Goes to the next node that is not below the current one, and sets the subtree
// sizes of the nodes it leaves. Returns false at the end of the tree.
static bool leave(tree_walk *walk) {
  for (;;) {
    uint32_t index = walk->open[walk->depth];
    if (index != UINT32_MAX) walk->out->nodes[index].skip = walk->out->count - index;
    if (walk->depth == 0) return false;
    if (ts_tree_cursor_goto_next_sibling(&walk->cursor)) return true;
    ts_tree_cursor_goto_parent(&walk->cursor);
    walk->depth--;
  }
}

static void copy_nodes(tree_walk *walk, uint32_t max_depth) {
  do {
    keep(walk);
    while (ts_tree_cursor_goto_first_child(&walk->cursor)) {
      if (walk->depth + 1 == max_depth) {
        walk->out->too_deep = true;
        ts_tree_cursor_goto_parent(&walk->cursor);
        break;
      }
      walk->depth++;
      keep(walk);
    }
  } while (leave(walk));
}

static int copy_tree(const TSTree *tree, wardlet_tree *out, uint32_t max_depth, uint16_t error_kind) {
  TSNode root = ts_tree_root_node(tree);
  uint32_t capacity = ts_node_descendant_count(root);
  uint32_t *open = malloc(max_depth * sizeof *open);
  out->nodes = malloc(capacity * sizeof *out->nodes);
  if (open == NULL || out->nodes == NULL) {
    free(open);
    return WARDLET_NO_MEMORY;
  }
  tree_walk walk = {
    .cursor = ts_tree_cursor_new(root),
    .out = out,
    .capacity = capacity,
    .open = open,
    .error_kind = error_kind,
  };
  copy_nodes(&walk, max_depth);
  ts_tree_cursor_delete(&walk.cursor);
  free(open);
  return WARDLET_OK;
}

// One call of wardlet_parse.
typedef struct {
  const TSLanguage *language;
  source_text source;
  wardlet_budget limit;
  uint32_t max_depth;
  wardlet_tree out;
} parse_job;

static int parse_with(TSParser *parser, parse_job *job) {
  if (!ts_parser_set_language(parser, job->language)) return WARDLET_BAD_LANGUAGE;
  parse_work work = {.limit = job->limit};
  TSInput input = {.payload = &job->source, .read = read_source, .encoding = 0 /* UTF-8 */};
  TSParseOptions options = {.payload = &work, .progress_callback = over_budget};
  TSTree *tree = ts_parser_parse_with_options(parser, NULL, input, options);
  job->out.used = (wardlet_budget){.steps = work.steps, .bytes = allocated};
  if (tree == NULL) return WARDLET_OVER_BUDGET;
  uint16_t error_kind = (uint16_t)ts_language_symbol_count(job->language);
  int status = copy_tree(tree, &job->out, job->max_depth, error_kind);
  ts_tree_delete(tree);
  return status;
}

static void *run_job(void *argument) {
  parse_job *job = argument;
  TSParser *parser = ts_parser_new();
  job->out.status = parser == NULL ? WARDLET_NO_MEMORY : parse_with(parser, job);
  ts_parser_delete(parser);
  return NULL;
}

// Tree-sitter frees its parse stack recursively, one frame of about 100 bytes
// for each nested token. On a thread of ordinary size, half a megabyte of "((a)=>"
// overflows. Memory of a stack that is not touched costs nothing.
static size_t stack_size(uint32_t length) {
  size_t size = (1 << 20) + 256 * (size_t)length;
  return size & ~(size_t)0xffff; // whole pages on every system
}

static bool run_on_own_stack(parse_job *job) {
  pthread_attr_t attributes;
  pthread_t thread;
  if (pthread_attr_init(&attributes) != 0) return false;
  bool started = pthread_attr_setstacksize(&attributes, stack_size(job->source.length)) == 0 &&
                 pthread_create(&thread, &attributes, run_job, job) == 0;
  pthread_attr_destroy(&attributes);
  return started && pthread_join(thread, NULL) == 0;
}

wardlet_tree wardlet_parse(const TSLanguage *language, const char *source, uint32_t length,
                           wardlet_budget limit, uint32_t max_depth) {
  parse_job job = {
    .language = language,
    .source = {.bytes = source, .length = length},
    .limit = limit,
    .max_depth = max_depth,
  };
  if (!run_on_own_stack(&job)) job.out.status = WARDLET_NO_THREAD;
  return job.out;
}

uint32_t wardlet_kind_count(const TSLanguage *language) {
  return ts_language_symbol_count(language);
}

// Fields count from 1; the number does not include the empty field 0.
uint32_t wardlet_field_count(const TSLanguage *language) {
  return ts_language_field_count(language);
}

const char *wardlet_kind_name(const TSLanguage *language, uint16_t kind) {
  return ts_language_symbol_name(language, kind);
}

const char *wardlet_field_name(const TSLanguage *language, uint16_t field) {
  return ts_language_field_name_for_id(language, field);
}
