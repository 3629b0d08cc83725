using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Tests.SessionLog;

/// <summary>What every <see cref="ISessionLog"/> finds of messages is what a reading of the whole log finds.</summary>
public abstract class SessionLogMessageConformance : SessionLogSuite
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 30)]
    [InlineData(4, 120)]
    public async Task ReadMessages_EveryPageOfAnyLog_IsAsAReadingOfTheWholeLogFindsIt(int seed, int trimmed)
    {
        var entries = Random(seed, 300).ToArray();
        var token = (await OpenAsync(Key)).Token;
        for (var at = 0; at < entries.Length; at += 7) await Log.AppendAsync(Key, token, at, [.. entries.Skip(at).Take(7)]);
        await Log.TrimAsync(Key, token, trimmed);
        string?[] cursors = [null, "nonsense", .. entries.Select(entry => entry.Event.Target).Distinct()];

        foreach (var before in cursors)
        {
            foreach (var limits in (LogReadLimits[])[new(1, int.MaxValue), new(3, int.MaxValue), new(200, 300), NoLimits])
            {
                Assert.Equal(Describe(await MessageScan.ReadAsync(Log, Key, before, limits, CancellationToken.None)),
                    Describe(await Log.ReadMessagesAsync(Key, before, limits)));
            }
        }
    }

    [Fact]
    public async Task ReadMessages_OfASessionThatIsNot_IsEmpty()
    {
        Assert.Empty((await Log.ReadMessagesAsync(Key, null, NoLimits))!.Messages);
        Assert.Null(await Log.ReadMessagesAsync(Key, "m1", NoLimits));
    }

    /// <summary>
    /// Messages of which two at most are open at a time, with rounds, batches, lost attempts, edits, other entries in between, and a reset
    /// now and then.
    /// </summary>
    private static IEnumerable<LogEntry> Random(int seed, int count)
    {
        var random = new Random(seed);
        var (messages, open, pauses) = (0, new List<string>(), false);
        for (var seq = 1L; seq <= count; seq++)
        {
            var text = new string('x', random.Next(1, 30));
            if (pauses && random.Next(4) > 0) yield return Entry(seq, MessageEntryTypes.BatchStarted, $"b{seq}");
            else if (random.Next(100) == 0) yield return Entry(seq, MessageEntryTypes.Reset, null);
            else if (open.Count == 0 || (open.Count < 2 && random.Next(3) == 0))
            {
                var id = $"m{++messages}";
                open.Add(id);
                yield return random.Next(2) == 0 ? Entry(seq, MessageEntryTypes.Created, id, $$"""{"text":"{{text}}"}""")
                    : Entry(seq, MessageEntryTypes.State, id, """{"to":"queued"}""");
            }
            else
            {
                var (id, kind) = (open[random.Next(open.Count)], random.Next(8));
                pauses = kind == 4;
                if (kind == 7) open.Remove(id);
                yield return kind switch
                {
                    0 or 1 or 2 => Entry(seq, MessageEntryTypes.Delta, id, $$"""{"text":"{{text}}"}""", "own"),
                    3 => Entry(seq, "message.started", id),
                    4 => Entry(seq, MessageEntryTypes.State, id, """{"from":"active","to":"paused_for_tools"}"""),
                    5 => Entry(seq, "tool.output", "x1", text),
                    6 => Entry(seq, "message.edited", $"m{random.Next(1, messages + 1)}", text),
                    _ => random.Next(2) == 0 ? Entry(seq, "message.completed", id, text) : Entry(seq, "message.failed", id),
                };
                continue;
            }

            pauses = false;
        }
    }

    private static string Describe(MessagePage? page) => page is null ? "none" : string.Join('\n', page.Messages.Select(message =>
        $"{message.Id} [{string.Join(' ', message.Batches)}] {string.Join(' ', message.Entries.Select(entry => Describe(entry)))}"))
        + $" {page.Epoch} {page.More} {page.Trimmed}";
}
