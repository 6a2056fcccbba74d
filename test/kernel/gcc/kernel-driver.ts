import { diskReader, treeRoot } from '../c/kernel-tree.ts';

/** C that calls a tree's own helpers with what the inputs say; conditionals follow what a tree has. */

/** Masks of the kind of paging the first bits of IN(7) choose: EPT, EPT without A/D, NPT-like, or anything at all. */
const masks = `
#define IN(i) mmd_in[i]
#define OUT(i) mmd_out[i]
static struct kvm mmd_kvm; static struct kvm_vcpu mmd_vcpu; static struct kvm_memory_slot mmd_slot; static struct kvm_mmu_page mmd_sp;
static struct kvm_mmu mmd_mmu;
static u64 mmd_pick(u64 choice, u64 usual, u64 any) { return choice & 1 ? usual : any; }
static void mmd_masks(u64 how)
{
	bool ad = !(how & 2), wild = (how & 0x38) == 0;
	SET(shadow_accessed_mask, ad ? mmd_pick(!wild, 0x100, IN(6) & 0x7ff) : 0)
	SET(shadow_dirty_mask, ad ? mmd_pick(!wild, 0x200, IN(6) >> 12 & 0x7ff) : 0)
	SET(shadow_present_mask, how & 4 ? 0 : 1)
	SET(shadow_x_mask, how & 4 ? 4 : 0)
	SET(shadow_xs_mask, how & 4 ? 4 : 0)
	SET(shadow_xu_mask, how & 4 ? 1 << 10 : 0)
	SET(shadow_nx_mask, how & 4 ? 0 : 1ULL << 63)
	SET(shadow_user_mask, how & 4 ? 1 : 4)
	SET(shadow_acc_track_mask, ad ? 0 : 7)
	SET(shadow_host_writable_mask, how & 4 ? 1ULL << 57 : 1ULL << 9)
	SET(shadow_mmu_writable_mask, how & 4 ? 1ULL << 58 : 1ULL << 10)
	SET(shadow_mmio_mask, 7ULL << 52 | 7)
	SET(shadow_mmio_value, (6ULL << 52 & IN(6)) | 6)
	SET(shadow_mmio_access_mask, how & 0x40 ? 7 : 0)
	SET(shadow_nonpresent_or_rsvd_mask, how & 0x80 ? 0x1fULL << 47 : 0)
	SET(shadow_nonpresent_or_rsvd_lower_gfn_mask, 0x7fffffff000ULL)
	SET(shadow_me_value, how & 0x100 ? 1ULL << 47 : 0)
	SET(shadow_me_mask, how & 0x100 ? 1ULL << 47 : 0)
	SET(shadow_memtype_mask, how & 0x200 ? 0x38 : 0)
}
`;

const bits = `
void mmd_k_spteBits(void)
{
	u64 spte = IN(0), r = 0; int level = 1 + (IN(1) & 3);
	mmd_masks(IN(7));
	r = r << 1 | is_shadow_present_pte(spte); r = r << 1 | !!is_large_pte(spte); r = r << 1 | is_last_spte(spte, level);
#if MMUDELTA_HAS(is_executable_pte)
	r = r << 1 | is_executable_pte(spte);
#endif
	r = r << 1 | !!is_writable_pte(spte); r = r << 1 | is_access_track_spte(spte);
	r = r << 1 | spte_ad_enabled(spte); r = r << 1 | spte_ad_need_write_protect(spte);
	r = r << 1 | !!is_accessed_spte(spte);
#if MMUDELTA_HAS(is_dirty_spte)
	r = r << 1 | !!is_dirty_spte(spte);
#endif
#if MMUDELTA_HAS(is_mmu_writable_spte)
	r = r << 1 | is_mmu_writable_spte(spte);
#endif
#if MMUDELTA_HAS(spte_has_volatile_bits)
	r = r << 1 | spte_has_volatile_bits(spte);
#endif
	OUT(0) = r; OUT(1) = spte_to_pfn(spte);
#if MMUDELTA_HAS(spte_shadow_accessed_mask)
	OUT(2) = spte_shadow_accessed_mask(spte); OUT(3) = spte_shadow_dirty_mask(spte);
#endif
	OUT(4) = get_mmio_spte_generation(spte); OUT(5) = get_mmio_spte_gfn(spte); OUT(6) = get_mmio_spte_access(spte);
}
void mmd_k_accessTrack(void)
{
	u64 spte = IN(0);
	mmd_masks(IN(7));
	OUT(0) = mark_spte_for_access_track(spte); OUT(1) = mark_spte_for_access_track(IN(1) | 7); OUT(2) = restore_acc_track_spte(OUT(0));
	OUT(3) = restore_acc_track_spte(IN(2));
#if MMUDELTA_HAS(make_spte_executable)
	OUT(4) = make_spte_executable(spte);
#endif
	OUT(5) = generation_mmio_spte_mask(IN(3) & 0x7ffff);
}
void mmd_k_mmioSpte(void)
{
	mmd_masks(IN(7));
	mmd_vcpu.kvm = &mmd_kvm;
	mmd_kvm.memslots[0] = &mmd_slots; mmd_kvm.memslots[1] = &mmd_slots; mmd_slots.generation = IN(2) & ~63ULL;
	OUT(0) = make_mmio_spte(&mmd_vcpu, IN(0) & 0xffffffffffULL, IN(1) & 7);
	OUT(1) = get_mmio_spte_gfn(OUT(0)); OUT(2) = get_mmio_spte_access(OUT(0)); OUT(3) = get_mmio_spte_generation(OUT(0));
}
`;

const roles = `
void mmd_k_pageRole(void)
{
	union kvm_mmu_page_role role = { .word = IN(0) };
	OUT(0) = role.level; role.level--; role.access = IN(1); role.direct = IN(2); role.quadrant = IN(3); role.invalid |= IN(4) & 1;
	OUT(1) = role.word; mmd_sp.role = role; OUT(2) = sp_ad_disabled(&mmd_sp); OUT(3) = kvm_mmu_page_as_id(&mmd_sp);
	mmd_kvm.arch.mmu_valid_gen = IN(5); mmd_sp.mmu_valid_gen = IN(5) + (IN(6) & 1); OUT(4) = is_obsolete_sp(&mmd_kvm, &mmd_sp);
#if MMUDELTA_HAS(kvm_mmu_page_ad_need_write_protect)
#if MMUDELTA_NPARAMS(kvm_mmu_page_ad_need_write_protect) == 1
	OUT(5) = kvm_mmu_page_ad_need_write_protect(&mmd_sp);
#else
	OUT(5) = kvm_mmu_page_ad_need_write_protect(&mmd_kvm, &mmd_sp);
#endif
#endif
#if MMUDELTA_HAS(gfn_round_for_level)
	OUT(6) = gfn_round_for_level(IN(7), 1 + (IN(1) & 3));
#endif
	OUT(7) = gfn_to_index(IN(7), IN(6) & 0xffffffff, 1 + (IN(3) & 1)) + KVM_PAGES_PER_HPAGE(1 + (IN(2) & 3)) ;
#if MMUDELTA_HAS(SPTE_INDEX)
	OUT(7) += SPTE_INDEX(IN(7), 1 + (IN(4) & 3));
#endif
}
#if MMUDELTA_HAS(kvm_calc_cpu_role)
#if MMUDELTA_HAS(cpuid_query_maxguestphyaddr)
int mmd_replace__cpuid_query_maxguestphyaddr(struct kvm_vcpu *vcpu) { return 40 + (mmd_in[6] >> 1 & 15); }
#endif
int mmd_static_call__kvm_x86_tdp_has_smep(struct kvm *kvm) { return mmd_in[6] & 1; }
void mmd_k_cpuRole(void)
{
	struct kvm_mmu_role_regs regs = { .cr0 = IN(0), .cr4 = IN(1), .efer = IN(2) };
	union kvm_cpu_role role;
	mmd_vcpu.arch.hflags = IN(3); mmd_vcpu.arch.maxphyaddr = 36 + (IN(4) & 15); 
	SET(tdp_root_level, 4 + (IN(5) & 1))
	SET(max_tdp_level, 4 + (IN(5) & 1))
	mmd_masks(IN(7)); mmd_vcpu.kvm = &mmd_kvm;
	role = kvm_calc_cpu_role(&mmd_vcpu, &regs);
	OUT(0) = role.as_u64; OUT(1) = kvm_calc_tdp_mmu_root_page_role(&mmd_vcpu, role).word;
#if MMUDELTA_NPARAMS(kvm_calc_shadow_ept_root_page_role) == 4
	OUT(2) = kvm_calc_shadow_ept_root_page_role(&mmd_vcpu, IN(4) & 1, IN(4) & 2, 4).as_u64;
#endif
	role.base.access ^= IN(6); role.ext.cr4_pke ^= 1; OUT(3) = role.as_u64; OUT(4) = role.ext.word; OUT(5) = role.base.level;
}
#endif
#if MMUDELTA_HAS(kvm_calc_cpu_role) && MMUDELTA_HAS_FIELD(kvm_mmu, cpu_role)
void mmd_k_permissions(void)
{
	struct kvm_mmu_role_regs regs = { .cr0 = IN(0) | 1ULL << 31, .cr4 = IN(1), .efer = IN(2) };
	unsigned int i; u64 h = 0;
	mmd_vcpu.arch.hflags = 0;
	mmd_mmu.cpu_role = kvm_calc_cpu_role(&mmd_vcpu, &regs);
#if MMUDELTA_NPARAMS(update_permission_bitmask) == 2
	update_permission_bitmask(&mmd_mmu, IN(3) & 1);
#else
	update_permission_bitmask(&mmd_mmu, IN(3) & 2, IN(3) & 1);
#endif
	update_pkru_bitmask(&mmd_mmu);
	for (i = 0; i < ARRAY_SIZE(mmd_mmu.permissions); i++) h = h * 0x100000001b3ULL + mmd_mmu.permissions[i];
	OUT(0) = h; OUT(1) = mmd_mmu.pkru_mask;
}
#endif
#if MMUDELTA_HAS_FIELD(rsvd_bits_validate, bad_mt_xwr) && MMUDELTA_HAS(__reset_rsvds_bits_mask_ept) && MMUDELTA_NPARAMS(__reset_rsvds_bits_mask) == 7
void mmd_k_reservedBits(void)
{
	static struct rsvd_bits_validate check;
	u64 pa = rsvd_bits(36 + (IN(0) & 15), 63); int i, level = 2 + (IN(1) & 3);
	memset(&check, 0, sizeof(check));
	if (IN(2) & 1)
#if MMUDELTA_NPARAMS(__reset_rsvds_bits_mask_ept) == 4
		__reset_rsvds_bits_mask_ept(&check, pa, IN(2) & 2, 1 + (IN(3) & 3));
#else
		__reset_rsvds_bits_mask_ept(&check, pa, IN(2) & 2);
#endif
	else
		__reset_rsvds_bits_mask(&check, pa, level, IN(3) & 1, IN(3) & 2, IN(3) & 4, IN(3) & 8);
	OUT(0) = check.bad_mt_xwr;
	for (i = 0; i < 5; i++) OUT(1) = OUT(1) * 31 + check.rsvd_bits_mask[0][i] * 7 + check.rsvd_bits_mask[1][i];
	OUT(2) = __is_rsvd_bits_set(&check, IN(4), 1 + (IN(5) & 3)); OUT(3) = __is_bad_mt_xwr(&check, IN(6));
#if MMUDELTA_HAS(is_rsvd_spte)
	OUT(4) = is_rsvd_spte(&check, IN(4), 1 + (IN(5) & 3));
#endif
}
#endif
`;

const makeSpte = `
#if MMUDELTA_NPARAMS(make_spte) == 11 && MMUDELTA_HAS(mmu_try_to_unsync_pages)
int mmd_static_call__kvm_x86_get_mt_mask(struct kvm_vcpu *v, u64 gfn, int mmio) { return (gfn & 7) << 3 | (mmio & 1) << 6; }
static void mmd_replace__kvm_track_host_mmio_mapping(struct kvm_vcpu *vcpu) {}
static bool mmd_replace__kvm_vcpu_can_access_host_mmio(struct kvm_vcpu *vcpu) { return true; }
int mmd_replace__cpu_feature_enabled(int feature) { return feature & 1; }
#if MMUDELTA_NPARAMS(kvm_is_mmio_pfn) == 1
static bool mmd_replace__kvm_is_mmio_pfn(kvm_pfn_t pfn) { return pfn & 1; }
#else
static bool mmd_replace__kvm_is_mmio_pfn(kvm_pfn_t pfn, int *cached) { return pfn & 1; }
#endif
bool mmd_replace__kvm_make_all_cpus_request(struct kvm *kvm, unsigned int req) { return true; }
void mmd_replace__mark_page_dirty_in_slot(struct kvm *kvm, const struct kvm_memory_slot *slot, gfn_t gfn) { mmd_dirty = gfn; }
int mmd_replace__mmu_try_to_unsync_pages(struct kvm *kvm, const struct kvm_memory_slot *slot, gfn_t gfn, bool can_unsync, bool prefetch)
{ return gfn & 2 ? -1 : can_unsync ? 0 : gfn & 4; }
void mmd_k_makeSpte(void)
{
	u64 spte = 0; bool wrprot;
	mmd_masks(IN(7));
	mmd_dirty = 0; mmd_vcpu.kvm = &mmd_kvm; mmd_vcpu.arch.mmu = &mmd_vcpu.arch.root_mmu; mmd_sp.role.word = IN(0); mmd_sp.role.level = 1 + (IN(0) & 3);
	mmd_slot.flags = IN(1) >> 8 & 1; mmd_slot.dirty_bitmap = mmd_words;
#if MMUDELTA_HAS(kvm_slot_dirty_track_enabled)
	mmd_slot.base_gfn = 0;
#endif
	nx_huge_pages = IN(6) >> 1 & 1;
	wrprot = make_spte(&mmd_vcpu, &mmd_sp, &mmd_slot, IN(1) & 7, IN(2) & 0xffffffffff, IN(3) & 0xfffffffff, IN(4), IN(5) & 1, IN(5) & 2, IN(5) & 4, &spte);
	OUT(0) = spte; OUT(1) = wrprot; OUT(2) = mmd_dirty;
	OUT(3) = make_nonleaf_spte((u64 *)get_zeroed_page(0), IN(5) & 8) & 0xfff0000000000fffULL;
#if MMUDELTA_HAS(make_huge_page_split_spte)
#if MMUDELTA_NPARAMS(make_huge_page_split_spte) == 4
	OUT(4) = make_huge_page_split_spte(&mmd_kvm, IN(4), mmd_sp.role, IN(2) & 511);
#endif
#endif
}
#endif
`;

const walk = `
#define mmd_table(i) ((u64 *)mmd_tables[i])
/** A root with a chain of tables below it and large or small leaves where the inputs say. */
#if MMUDELTA_HAS(SPTE_INDEX)
void mmd_k_tdpWalk(void)
{
	static struct tdp_iter iter; int i, n = 0, levels = 4; u64 h = 0; u64 start = IN(0) & 0xfffffffffULL;
	u64 *table; u64 end = start + 1 + (IN(1) & 0xfffffff);
	SET(shadow_mmu_writable_mask, 0)
	memset(&iter, 0, sizeof(iter));
	for (i = 0; i < 5; i++) mmd_tables[i] = (unsigned long *)get_zeroed_page(0);
	for (i = 0; i < 3; i++) {
		table = mmd_table(i);
		table[SPTE_INDEX(start << PAGE_SHIFT, levels - i)] = __pa(mmd_table(i + 1)) | mmd_present | (IN(2) >> i & 1 && IN(3) & 1 ? PT_PAGE_SIZE_MASK : 0);
		table[(SPTE_INDEX(start << PAGE_SHIFT, levels - i) + 1) & 511] = IN(4) & 1 << i ? __pa(mmd_table(4)) | mmd_present | (i < 2 ? PT_PAGE_SIZE_MASK : 0) : 0;
	}
	for (i = 0; i < 8; i++) mmd_table(3)[(IN(5) >> i * 8) & 511] = (IN(6) & 0xfff) | mmd_present;
	mmd_sp.spt = mmd_table(0); mmd_sp.role.word = 0; mmd_sp.role.level = levels;
#if MMUDELTA_NPARAMS(tdp_iter_start) == 4
	tdp_iter_start(&iter, &mmd_sp, 1 + (IN(7) & 1), start);
#else
	tdp_iter_start(&iter, &mmd_sp, 1 + (IN(7) & 1), start, 0);
#endif
	for (; iter.valid && iter.gfn < end && n < 60; tdp_iter_next(&iter)) {
		h = h * 0x100000001b3ULL + iter.gfn * 31 + iter.level * 7 + (iter.old_spte & 0xfff0000000000fffULL);
		n++;
		if (n == (IN(7) >> 4 & 31)) tdp_iter_restart(&iter);
	}
	OUT(0) = h; OUT(1) = n; OUT(2) = iter.gfn; OUT(3) = iter.level; OUT(4) = iter.valid; OUT(5) = iter.next_last_level_gfn;
}
#endif
`;

const text = `${masks}
struct kvm_x86_ops kvm_x86_ops; static struct kvm_memslots mmd_slots; static u64 mmd_dirty; static unsigned long mmd_words[2]; static unsigned long *mmd_tables[5];
#ifdef SPTE_MMU_PRESENT_MASK
static const u64 mmd_present = SPTE_MMU_PRESENT_MASK | 7;
#else
static const u64 mmd_present = 7;
#endif
${bits}${roles}${makeSpte}${walk}`;

export const kernelCases: readonly string[] = text.match(/(?<=void )mmd_k_\w+/g) ?? [];

/** The driver for a tree: `SET(variable, value)` becomes an assignment where the tree has the variable. */
function kernelDriver(sources: string): string {
  return text.replaceAll(/^\tSET\((\w+), (.*)\)$/gm, (_, name: string, value: string) =>
    new RegExp(`\\b${name}\\b`).test(sources) ? `\t${name} = ${value};` : '',
  );
}

export const driverFor = (version: string): string => {
  const reader = diskReader(treeRoot(version));
  const folder = 'arch/x86/kvm/mmu/';
  const sources = ['spte.h', 'spte.c', 'mmu.c'].map(name => reader.read(folder + name) ?? '');
  return kernelDriver(sources.join('\n'));
};
