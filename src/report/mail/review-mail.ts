/** A mail of the series, decoded by the intake, as far as an answer to it needs it. */
export interface ReviewMail {
  /** Which patch it carries; 0 is the cover letter. */
  readonly index: number;
  readonly messageId: string | null;
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  readonly date: string | null;
  /** The References header, else In-Reply-To; '' when the mail starts its thread. */
  readonly references: string;
  /** Decoded text of the mail, below the headers: message, diffstat, diff. */
  readonly body: string;
}
