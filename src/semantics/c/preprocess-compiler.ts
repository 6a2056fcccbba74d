/** What GCC 12 does not know among the names kernel headers ask `__has_attribute` and `__has_builtin` for. */
const missingAttributes = new Set([
  'counted_by',
  'diagnose_as_builtin',
  'overloadable',
  'pass_dynamic_object_size',
  'pass_object_size',
  'preserve_most',
  'btf_type_tag',
  'btf_decl_tag',
  'disable_sanitizer_instrumentation',
  'no_sanitize_memory',
]);
const missingBuiltins = new Set([
  '__builtin_alloca_uninitialized',
  '__builtin_counted_by_ref',
  '__builtin_infer_alloc_token',
]);

export function hasAttribute(name: string): boolean {
  return !missingAttributes.has(name.replace(/^__(.*)__$/, '$1'));
}

export function hasBuiltin(name: string): boolean {
  return !missingBuiltins.has(name);
}
