using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Tests.SessionLog;

/// <summary>What the log reads of a moment is what a reading of the whole log until then leaves when output that no view shows is taken out.</summary>
public sealed class SqliteMomentTests : SessionLogSuite
{
    private static readonly string?[] Executions = [null, "e1", "e2", "none"];

    protected override ISessionLogStore CreateStore() => new SqliteStore();

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 50)]
    [InlineData(4, 200)]
    public async Task ReadMoment_AnyOfAnyLog_IsTheWholeWithoutOutputThatNoViewShows(int seed, int trimmed)
    {
        var random = new Random(seed);
        var entries = Random(random, 600).ToArray();
        var outputs = entries.Where(entry => entry.Event.Type == OutputEntries.Output).ToDictionary(entry => entry.Event.Seq, entry => OutputEntries.Read(entry.Event.Json.Span));
        var token = (await OpenAsync(Key)).Token;
        for (var at = 0; at < entries.Length; at += 50) await Log.AppendAsync(Key, token, at, [.. entries.Skip(at).Take(50)]);
        await Log.TrimAsync(Key, token, trimmed);
        // A neighbour in the same table.
        await AddAsync("s2", "bob");

        foreach (var at in (long[])[1, trimmed, trimmed + 1, 600, 700, .. Enumerable.Range(0, 12).Select(_ => random.NextInt64(1, 600))])
        {
            foreach (var execution in Executions)
            {
                var page = (await Log.ReadMomentAsync(Key, at, execution, NoLimits))!;

                Assert.Equal(Needed(entries.Where(entry => entry.Event.Seq > trimmed && entry.Event.Seq <= at), outputs, execution), page.Entries.Select(Describe));
                Assert.Equal((600, trimmed + 1), (page.Head, page.First));
            }
        }
    }

    [Fact]
    public async Task ReadMoment_MoreThanTheLimits_IsNone()
    {
        await AppendAsync(Key, (await OpenAsync(Key)).Token, 0, 10);

        Assert.Null(await Log.ReadMomentAsync(Key, 10, null, new(9, int.MaxValue)));
        Assert.Null(await Log.ReadMomentAsync(Key, 10, null, new(10, 19)));
        Assert.Equal(10, (await Log.ReadMomentAsync(Key, 10, null, new(10, 20)))!.Entries.Length);
    }

    [Fact]
    public async Task ReadMoment_OfASessionThatIsNot_IsEmpty() => Assert.Equal("", (await Log.ReadMomentAsync(Key, 1, null, NoLimits))!.Epoch);

    private static IEnumerable<(long, string, string?, string, string)> Needed(IEnumerable<LogEntry> entries, Dictionary<long, (string Stream, int Chars)> outputs, string? execution)
    {
        var all = entries.ToArray();
        foreach (var (at, entry) in all.Index())
        {
            var isOutput = outputs.TryGetValue(entry.Event.Seq, out var output);
            var later = all.Skip(at + 1).Where(next => next.Event.Target == entry.Event.Target).ToArray();
            var shown = later.All(next => next.Event.Type != OutputEntries.Started)
                && later.Select(next => outputs.GetValueOrDefault(next.Event.Seq)).Where(next => next.Stream == output.Stream).Sum(next => next.Chars) < OutputEntries.KeptChars;
            if (!isOutput || (shown && (execution ?? entry.Event.Target) == entry.Event.Target)) yield return Describe(entry) with { Item5 = "" };
        }
    }

    /// <summary>Tools that print pieces of all sizes to all streams, also to ones that are not known here, in words that mislead, and begin again now and then.</summary>
    private static IEnumerable<LogEntry> Random(Random random, int count)
    {
        string[] streams = ["stdout", "stdout", "stdout", "stderr", "result", "later"];
        for (var seq = 1L; seq <= count; seq++)
        {
            var (target, stream) = ($"e{random.Next(1, 5)}", streams[random.Next(streams.Length)]);
            var text = string.Concat(Enumerable.Repeat("a \\\"stream\\\":\\\"stderr\\\" é 漢 \\n", random.Next(4) == 0 ? random.Next(1, 4_000) : random.Next(1, 200)));
            var content = random.Next(6) == 0 ? $"\"base64\":\"{Convert.ToBase64String(new byte[random.Next(30_000)])}\"" : $"\"text\":\"{text}\"";
            yield return random.Next(40) switch
            {
                0 => Entry(seq, OutputEntries.Started, target, own: "own"),
                1 => Entry(seq, "message.delta", "m1", "{\"text\":\"said\"}"),
                2 => Entry(seq, OutputEntries.Output, target, $"{{{content}, \"stream\" : \"{stream}\"}}"),
                _ => Entry(seq, OutputEntries.Output, target, $"{{\"type\":\"tool.output\",\"stream\":\"{stream}\",{content}}}", "own"),
            };
        }
    }
}
