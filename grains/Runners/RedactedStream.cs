using System.Buffers;

namespace ToolRuntime.Runners;

/// <summary>
/// Redacts a stream that comes in pieces. A tail that may be the beginning of a secret is held back until what follows decides it, or the
/// end comes: letting it go after some time would let a slow writer's secret through.
/// </summary>
/// <param name="redactor">Knows the secrets.</param>
/// <param name="shows">Whether a beginning that tells nothing yet is shown meanwhile: who types at a terminal has to see each character.</param>
internal sealed class RedactedStream(Redactor redactor, bool shows = false)
{
    // How much of what is held has gone out already.
    private int shown;

    private byte[] held = [];
    private ArrayBufferWriter<byte>? output;
    private SearchValues<byte>? swallowing;
    private byte previous;

    /// <summary>
    /// What may go out now; valid until the next call and as long as <paramref name="input"/> is. Pieces without secrets are not copied.
    /// </summary>
    public ReadOnlySpan<byte> Process(ReadOnlySpan<byte> input, bool last = false)
    {
        output?.ResetWrittenCount();
        var text = held.Length == 0 ? input : (byte[])[.. held, .. input];
        var (from, at) = (shown, 0);
        shown = 0;
        while (at < text.Length)
        {
            if (swallowing is not null)
            {
                at = from = IndexOrEnd(text, at, text[at..].IndexOfAnyExcept(swallowing));
                if (at == text.Length) break;
                swallowing = null;
            }

            at = IndexOrEnd(text, at, text[at..].IndexOfAny(redactor.Starts));
            if (at == text.Length) break;

            var match = redactor.Match(text[at..], at > 0 ? text[at - 1] : previous, last);
            if (match.Length < 0)
            {
                if (shows) shown = Math.Min(match.Harmless, text.Length - at);
                break;
            }

            if (match.Length == 0)
            {
                at++;
                continue;
            }

            if (from < at) Emit(text[from..at]);
            Emit(Redactor.Replacement);
            at = from = at + match.Length;
            swallowing = match.Rest;
        }

        held = at < text.Length ? text[at..].ToArray() : [];
        if (at > 0) previous = text[at - 1];
        var to = Math.Max(at + shown, from);
        shown = to - at;
        if (output is not { WrittenCount: > 0 }) return text[from..to];

        Emit(text[from..to]);
        return output.WrittenSpan;
    }

    private static int IndexOrEnd(ReadOnlySpan<byte> text, int at, int found) => found < 0 ? text.Length : at + found;

    private void Emit(ReadOnlySpan<byte> bytes) => (output ??= new()).Write(bytes);
}
