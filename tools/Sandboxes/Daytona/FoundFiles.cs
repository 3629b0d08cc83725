using System.Globalization;
using ToolRuntime.Tools.Code;
using ToolRuntime.Tools.Files;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>The files of a workspace, as <see cref="FileScripts.Scan"/> found them.</summary>
/// <param name="Files">By path.</param>
/// <param name="At">When, by the sandbox's clock, nanoseconds since 1970.</param>
/// <param name="Incomplete">Whether there are more.</param>
internal sealed record FoundFiles(Dictionary<string, FileStamp> Files, long At, bool Incomplete)
{
    private const long Nanoseconds = 1_000_000_000;

    // The year 9999; a program may give its files any time.
    private const decimal MaxSeconds = 253_402_300_000;

    // The service puts it where a name is no UTF-8.
    private const char NoCharacter = '\uFFFD';

    public static FoundFiles Read(string said, int most, int mostBytes)
    {
        var files = new Dictionary<string, FileStamp>(StringComparer.Ordinal);
        var end = said.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0 || !said.StartsWith("at ", StringComparison.Ordinal) || !long.TryParse(said[3..end], CultureInfo.InvariantCulture, out var at)) return new(files, 0, true);
        var incomplete = System.Text.Encoding.UTF8.GetByteCount(said.AsSpan(end + 1)) >= mostBytes;
        foreach (var (size, changed, path) in Entries(said[(end + 1)..]))
        {
            if (files.Count == most) return new(files, at * Nanoseconds, true);
            if (path.Contains(NoCharacter, StringComparison.Ordinal) || !decimal.TryParse(changed, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)) continue;
            if (long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)) files[path] = new(bytes, (long)(seconds * Nanoseconds));
        }

        return new(files, at * Nanoseconds, incomplete);
    }

    public static SandboxListing List(string said, int limit, int maxDepth)
    {
        var cut = said.Length > 0 && said[^1] != '\0';
        var entries = Entries(said).OrderBy(entry => entry.Path.Replace('/', '\0'), StringComparer.Ordinal).ToList();
        var deeper = maxDepth > 1 && entries.Any(entry => entry.First == "d" && entry.Path.Count(c => c == '/') == maxDepth - 1);
        return new([.. entries.Take(limit).Select(entry => EntryOf(entry.First, entry.Second, entry.Path))], cut || deeper || entries.Count > limit, 0);
    }

    private static Listing.Entry EntryOf(string type, string facts, string path)
    {
        var (size, changed) = facts.Split(':') is [var first, var second] ? (first, second) : (facts, "");
        var seconds = decimal.TryParse(changed, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var known) ? known : 0;
        var at = DateTimeOffset.UnixEpoch.AddTicks((long)(Math.Min(seconds, MaxSeconds) * TimeSpan.TicksPerSecond));
        return new(path, TypeOf(type), type == "f" ? long.Parse(size, CultureInfo.InvariantCulture) : null, path.Contains(NoCharacter, StringComparison.Ordinal), at);
    }

    // Two words and a path each; one that is cut off at the end has no NUL.
    private static IEnumerable<(string First, string Second, string Path)> Entries(string said)
    {
        for (var at = 0; said.IndexOf('\0', at) is var end and >= 0; at = end + 1)
        {
            if (said[at..end].Split(' ', 3) is [var first, var second, var path]) yield return (first, second, path);
        }
    }

    private static string TypeOf(string letter) => letter switch
    {
        "f" => "file",
        "d" => "folder",
        "l" => "link",
        _ => "other",
    };
}
