using System.Text;
using System.Text.Unicode;

namespace ToolRuntime.Runners;

/// <summary>How output bytes become fields of <c>tool.output</c>, and where output may be cut so that they become text.</summary>
internal static class OutputEncoder
{
    /// <summary>Whole UTF-8 is text, anything else base64, no bytes are neither.</summary>
    public static (string? Text, string? Base64) Encode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return (null, null);
        return Utf8.IsValid(bytes) ? (Encoding.UTF8.GetString(bytes), null) : (null, Convert.ToBase64String(bytes));
    }

    /// <summary>
    /// The length without a character at the end of which bytes are still to come. Bytes that are no UTF-8 at all count as whole.
    /// </summary>
    public static int CompleteLength(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var lead = bytes[^back];
            if ((lead & 0b1100_0000) == 0b1000_0000) continue;

            var open = Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == System.Buffers.OperationStatus.NeedMoreData;
            return open ? bytes.Length - back : bytes.Length;
        }

        return bytes.Length;
    }
}
