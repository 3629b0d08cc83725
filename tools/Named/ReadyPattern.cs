using System.Text;
using System.Text.RegularExpressions;
using ToolRuntime.Events;
using ToolRuntime.Search;

namespace ToolRuntime.Tools.Named;

/// <summary>Looks for a pattern in the lines of what a process prints, as it is printed. A line counts before its end too, as prompts have none.</summary>
internal sealed class ReadyPattern(string pattern)
{
    /// <summary>Of longer lines the end counts.</summary>
    private const int MaxLine = 4_096;

    private readonly Lock gate = new();
    private readonly Regex regex = new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    private readonly Dictionary<OutputStream, Stream> streams = [];

    /// <summary>Whether it is there now, for the first time; never again after that.</summary>
    public bool Finds(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            if (Found) return false;
            if (!streams.TryGetValue(stream, out var open)) streams[stream] = open = new();
            var characters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
            var rest = characters.AsSpan(0, open.Decoder.GetChars(bytes, characters, flush: false));
            for (var end = rest.IndexOf('\n'); end >= 0 && !Found; end = rest.IndexOf('\n'))
            {
                Add(open.Line, rest[..end]);
                Found = Matches(open.Line);
                open.Line.Clear();
                rest = rest[(end + 1)..];
            }

            Add(open.Line, rest);
            return Found = Found || Matches(open.Line);
        }
    }

    private bool Found { get; set; }

    private bool Matches(StringBuilder line) => line.Length > 0 && regex.IsMatch(PlainText.Of(line.ToString()));

    private static void Add(StringBuilder line, ReadOnlySpan<char> more)
    {
        line.Append(more.Length > MaxLine ? more[^MaxLine..] : more);
        if (line.Length > MaxLine) line.Remove(0, line.Length - MaxLine);
    }

    private sealed class Stream
    {
        public Decoder Decoder { get; } = Encoding.UTF8.GetDecoder();

        public StringBuilder Line { get; } = new();
    }
}
