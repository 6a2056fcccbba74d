/** The mail of patch 2 of the sample `broken`, as a mailbox would hold it. */
export const mailBody = `Ask for the quirk where it matters, not once at the top, so that a quirk that
userspace switches off in the meantime is honoured. Grüße an alle.

No functional change intended.

Signed-off-by: Ada Sample <ada@example.org>
---
 arch/x86/kvm/mmu/mmu.c | 12 +++++++++---
 1 file changed, 9 insertions(+), 3 deletions(-)

diff --git a/arch/x86/kvm/mmu/mmu.c b/arch/x86/kvm/mmu/mmu.c
index a5c2a560a88a..3eb1f86593b1 100644
--- a/arch/x86/kvm/mmu/mmu.c
+++ b/arch/x86/kvm/mmu/mmu.c
@@ -7573,6 +7573,12 @@ static void kvm_mmu_zap_memslot(struct kvm *kvm)
 \tone_context_line();
 }
 
+static bool kvm_memslot_flush_zap_all(struct kvm *kvm)
+{
+\treturn kvm_check_has_quirk(kvm, KVM_X86_QUIRK_SLOT_ZAP_ALL); /* a long line that goes past eighty */
+}
+
 void kvm_arch_flush_shadow_memslot(struct kvm *kvm,
 \t\t\t\t   struct kvm_memory_slot *slot)
 {
@@ -7586,11 +7591,14 @@ void kvm_arch_flush_shadow_memslot(struct kvm *kvm,
 
-\tif (zap_all)
+\twrite_lock(&kvm->mmu_lock);
+
+\tif (kvm_memslot_flush_zap_all(kvm))
 \t\t__kvm_mmu_zap_all_fast_front_half(kvm);
 \telse
 \t\tkvm_unmap_gfn_range(kvm, &range);
 
 \twrite_unlock(&kvm->mmu_lock);
 
-\tif (zap_all)
+\tif (kvm_memslot_flush_zap_all(kvm))
 \t\t__kvm_mmu_zap_all_fast_back_half(kvm);
 }
-- 
2.51.0
`;

const headers = `From: Ada Sample <ada@example.org>
To: kvm@vger.example.org, "Doe, Jan" <jan@example.org>
Cc: =?UTF-8?Q?Zo=C3=AB_K?= <zoe@example.org>, rev@example.org,
\tMasked <someone@xxxxxxxxxx>
Subject: [PATCH v2 2/2] KVM: x86/mmu: Query the zap-all quirk where it is
 needed
Date: Tue, 30 Jun 2026 18:27:28 -0400
Message-ID: <20260630222728.1-3-ada@example.org>
In-Reply-To: <20260630222728.1-1-ada@example.org>
References: <20260630222728.1-1-ada@example.org>
MIME-Version: 1.0
`;

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function quotedPrintable(text: string): string {
  const bytes = [...Buffer.from(text, 'utf8')];
  const encoded = bytes.map(byte => {
    const isPlain = byte === 10 || (byte >= 32 && byte < 127 && byte !== 61);
    return isPlain
      ? String.fromCharCode(byte)
      : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return encoded
    .join('')
    .replace(/ $/gm, '=20')
    .replace(/^(.{70})(?=.)/gm, (_all, head: string) => {
      const cut = head.replace(/=.?$/, '').length;
      return `${head.slice(0, cut)}=\n${head.slice(cut)}`;
    });
}

const type = 'Content-Type: text/plain; charset=UTF-8\n';

export const rawMails: Readonly<Record<string, string>> = {
  '8bit': latin1(`${headers}${type}Content-Transfer-Encoding: 8bit\n\n${mailBody}`),
  crlf: latin1(`${headers}${type}Content-Transfer-Encoding: 8bit\n\n${mailBody}`).replaceAll(
    '\n',
    '\r\n',
  ),
  mbox: latin1(`From x Mon Sep 17 00:00:00 2001\n${headers}${type}\n${mailBody}`),
  'quoted-printable': `${headers}${type}Content-Transfer-Encoding: quoted-printable\n\n${quotedPrintable(mailBody)}`,
  base64: `${headers}${type}Content-Transfer-Encoding: base64\n\n${Buffer.from(mailBody)
    .toString('base64')
    .replace(/(.{76})/g, '$1\n')}\n`,
  multipart: `${headers}Content-Type: multipart/mixed; boundary="b1"\n\nignored\n--b1\n${type}Content-Transfer-Encoding: 8bit\n\n${latin1(mailBody)}\n--b1\nContent-Type: text/html\n\n<p>no</p>\n--b1--\n`,
};
