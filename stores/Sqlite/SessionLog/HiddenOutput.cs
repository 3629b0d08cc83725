using System.Text;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>Which output no view shows, of a log that is read from behind.</summary>
/// <param name="execution">The one whose output is shown; null for all.</param>
internal sealed class HiddenOutput(string? execution)
{
    private readonly Dictionary<string, List<Stream>> streams = [];

    /// <summary>What any output has in it.</summary>
    public static byte[] Any { get; } = "\""u8.ToArray();

    /// <summary>How much was hidden since <see cref="TakeMost"/>.</summary>
    public int PassedOver { get; private set; }

    /// <summary>Takes the entry before those that were taken; true where it is output that is not shown.</summary>
    public bool Take(string type, string? target, ReadOnlySpan<byte> json)
    {
        if (target is null || type is not (OutputEntries.Output or OutputEntries.Started)) return false;
        if (!streams.TryGetValue(target, out var all)) streams[target] = all = execution is null || execution == target ? [] : [Stream.All];
        if (type == OutputEntries.Started)
        {
            all.Insert(0, Stream.All);
            return false;
        }

        foreach (var stream in all)
        {
            if (!stream.IsFull || json.IndexOf(stream.Mark) < 0) continue;
            stream.PassedOver++;
            PassedOver++;
            return true;
        }

        return Add(all, json);
    }

    /// <summary>Of what is hidden whole the streams that had most of it lately: the target, and what their output has in it.</summary>
    public (string Target, byte[] Mark)[] TakeMost(int count)
    {
        PassedOver = 0;
        return [.. streams.SelectMany(each => each.Value, (each, stream) => (Target: each.Key, Stream: stream)).Where(each => each.Stream.IsFull)
            .OrderByDescending(each => each.Stream.PassedOver).Take(count).Select(each => (each.Target, each.Stream.Mark))];
    }

    private static bool Add(List<Stream> all, ReadOnlySpan<byte> json)
    {
        var (name, chars) = OutputEntries.Read(json);
        var stream = all.Find(each => each.Name == name);
        // Inside a JSON string the quotes would be escaped, so the bytes can't mislead.
        if (stream is null) all.Add(stream = new(name, Encoding.UTF8.GetBytes($"\"stream\":\"{name}\"")));
        if (stream.IsFull) return true;
        stream.Chars += chars;
        stream.IsFull = stream.Chars >= OutputEntries.KeptChars;
        return false;
    }

    private sealed class Stream(string name, byte[] mark)
    {
        public static Stream All => new("", Any) { IsFull = true };

        public string Name => name;

        public byte[] Mark => mark;

        public int Chars { get; set; }

        public bool IsFull { get; set; }

        public int PassedOver { get; set; }
    }
}
