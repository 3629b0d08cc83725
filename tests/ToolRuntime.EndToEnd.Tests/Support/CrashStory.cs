using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.Stores.Tests;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>
/// One data folder with two sessions, one talked to and one used for tools only, through several deaths of its server and faults of the
/// machine.
/// </summary>
internal sealed class CrashStory : IAsyncDisposable
{
    private const string Talk = "talk";
    private const string Work = "work";
    private const int LatestKill = 60;
    private const int DiskMegabytes = 64;
    private const long LongestMs = 10 * 60_000;
    private const string RanLog = "ran.log";

    private readonly Random random;
    private readonly Action<string> log;
    private readonly SmallDisk disk = new(DiskMegabytes);
    private readonly SetClock clock = new();
    private readonly TestServer server;
    private readonly CrashFaults faults;
    private readonly MarkedProcesses processes = new();
    private readonly SessionRecord talk = new(Talk);
    private readonly SessionRecord work = new(Work);
    private readonly List<DateTimeOffset> deaths = [];
    private readonly List<string> once = [];
    private readonly List<JsonObject> sent = [];
    private ProtocolClient client = null!;
    private int interrupted;

    private CrashStory(Random random, Action<string> log)
    {
        (this.random, this.log) = (random, log);
        server = new() { Disk = disk, Clock = clock };
        faults = new(server, disk, clock, random);
    }

    public static async Task<CrashStory> BeginAsync(Random random, Action<string> log)
    {
        var story = new CrashStory(random, log);
        await story.server.RestartAsync();
        story.client = await story.server.ConnectAsync();
        await story.client.OpenAsync(story.talk);
        await story.client.OpenAsync(story.work);
        return story;
    }

    /// <summary>Work, death at some moment of it, restart, and all of it comes to its end.</summary>
    public async Task RoundAsync(int round)
    {
        sent.Clear();
        var erasures = new CrashErasures(server, processes, random, round);
        await erasures.BeginAsync(client);
        var (seenTalk, seenWork) = (talk.Cursor, work.Cursor);
        var message = Command.SendMessage(Talk, Calls($"m{round}").Select(call => call.Directive));
        var run = Command.RunTools(Work, Calls($"r{round}"));
        foreach (var command in new[] { message, run }) await PostAsync(command);

        await erasures.PostAsync(client);
        var after = random.Next(0, LatestKill);
        var (watched, seen) = random.Next(2) == 0 ? (talk, seenTalk) : (work, seenWork);
        await GetOnAsync(watched, seen, after);
        IReadOnlyList<(int, string, string)> left = [];
        var (fault, died) = await faults.BefallAsync(
            round, () => GetOnAsync(watched, watched.Cursor, random.Next(1, 11)), async () => left = await KillAsync());
        if (!died)
        {
            await LastWordsAsync(round);
            left = await KillAsync();
        }

        if (random.Next(2) == 0) await processes.NoneLeftAsync();

        await ReturnAsync();
        if (random.Next(4) == 0)
        {
            await GetOnAsync(watched, watched.Cursor - 1, random.Next(1, 11));
            left = [.. left, .. await KillAsync()];
            await ReturnAsync();
        }

        await erasures.VerifyAsync(client);
        foreach (var command in sent) await RepeatAsync(command);
        await talk.IdleAsync(seenTalk + 1);
        await work.IdleAsync(seenWork + 1);
        await processes.GoneAsync(left);
        await processes.NoneLeftAsync();
        var before = interrupted;
        interrupted = CrashCheck.Verify(talk, deaths) + CrashCheck.Verify(work, deaths);
        VerifyTimes();
        log($"round {round}: {fault}, killed after {after} events of {watched.Session}, {left.Count} processes at its death, "
            + $"{interrupted - before} attempts interrupted, {deaths.Count} deaths so far");
    }

    /// <summary>The whole log again for another client, and what the commands left on disk.</summary>
    public async Task EndAsync()
    {
        await using var other = await server.ConnectAsync();
        foreach (var record in new[] { talk, work })
        {
            var ran = await OutputAsync(record.Session, $"cat {RanLog}");
            foreach (var tag in once)
            {
                Assert.True(ran.Split('\n').Count(line => line == tag) <= 1, $"{tag} is not idempotent and ran more than once");
            }

            var whole = await other.OpenAsync(record.Session);
            await whole.UntilAsync(() => whole.Cursor >= record.Cursor, "the other client has all");
            whole.SameAs(record);
        }

        Assert.All(
            talk.Events.Where(e => e.Type == "conversation.state" && e.Text("from") is null)
                .Select(e => talk.Read(() => talk.Ledger.StatesOf(e.MessageId!))),
            states => Assert.Equal("completed", states[^1]));
        Assert.True(interrupted > 0, "No kill hit a running attempt; this run shows nothing.");
    }

    /// <summary>How the server is just now, for who looks for a failure's cause: whether it answers, what its threads wait in, what it said last.</summary>
    public async Task<string> DescribeAsync()
    {
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromSeconds(10) };
        string ready;
        try
        {
            using var answer = await http.GetAsync(new Uri("readyz", UriKind.Relative));
            ready = $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            ready = exception.Message;
        }

        var tasks = $"/proc/{server.Process.Id}/task";
        var threads = Directory.Exists(tasks) ? Directory.EnumerateDirectories(tasks).Select(task => Said(task, "comm") + " " + Said(task, "wchan")) : ["none"];
        return $"readyz: {ready}\nthreads: {string.Join(", ", threads.CountBy(thread => thread).Select(one => $"{one.Key} x {one.Value}"))}\nthe server said last:\n"
            + string.Join('\n', server.Process.Output.Split('\n').TakeLast(40));

        static string Said(string task, string file)
        {
            try
            {
                return File.ReadAllText(Path.Combine(task, file)).Trim();
            }
            catch (IOException)
            {
                return "ended";
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (client is { } connected) await connected.DisposeAsync();
        await server.DisposeAsync();
        disk.Dispose();
        clock.Dispose();
    }

    // Whatever the clock was set to: nothing has run out, and nothing claims to have taken long.
    private void VerifyTimes()
    {
        foreach (var happened in talk.Events.Concat(work.Events))
        {
            Assert.False(happened.Type is "tool.timeout" or "batch.timeout", $"Timed out: {happened}");
            if (happened.Type == "tool.completed") Assert.InRange(happened.Number("elapsedMs"), 0, LongestMs);
        }
    }

    private static Task GetOnAsync(SessionRecord record, long seen, int events) =>
        record.UntilAsync(
            () => record.Cursor >= seen + events || (record.Cursor > seen && record.Ledger.Idle), $"{events} events after {seen}, or nothing to do");

    // Commands whose ack nobody waits for before the server dies.
    private async Task LastWordsAsync(int round)
    {
        for (var i = random.Next(0, 3); i > 0; i--)
        {
            await PostAsync(random.Next(2) == 0
                ? Command.SendMessage(Talk, Quick($"q{round}.{i}").Directive)
                : Command.RunTools(Work, Quick($"q{round}.{i}"), new("computer", [])));
        }

        var executing = work.Read(() => work.Ledger.Executing.ToList());
        if (executing.Count > 0 && random.Next(3) == 0) await PostAsync(Command.CancelTool(Work, executing[random.Next(executing.Count)]));
    }

    private async Task PostAsync(JsonObject command)
    {
        sent.Add(command);
        await client.PostAsync(command);
    }

    private async Task<IReadOnlyList<(int Id, string Started, string CommandLine)>> KillAsync()
    {
        var running = processes.Find();
        await server.Process.KillAsync();
        var left = running.Union(processes.Find()).ToList();
        deaths.Add(DateTimeOffset.UtcNow);
        await client.Closed;
        await client.DisposeAsync();
        return left;
    }

    private async Task ReturnAsync()
    {
        var start = Stopwatch.GetTimestamp();
        await server.RestartAsync();
        client = await server.ConnectAsync();
        await client.OpenAsync(talk);
        await client.OpenAsync(work);
        log($"  back after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
    }

    // The same id again, twice: one answer, and what it caused is in the log once.
    private async Task RepeatAsync(JsonObject command)
    {
        try
        {
            var first = await client.SendAsync(command);
            var second = await client.SendAsync(command);
            Assert.Equal(first.GetRawText(), second.GetRawText());
            await CausedOnceAsync(command, first);
        }
        catch (CommandRefusedException refusal) when ((string)command["type"]! == "tool.cancel")
        {
            Assert.Contains(refusal.Code, (string[])["conflict", "not_found"]);
        }
        catch (WebSocketException e)
        {
            throw new InvalidOperationException($"The connection was lost. The server said:\n{server.Process.Output}", e);
        }
    }

    private async Task CausedOnceAsync(JsonObject command, JsonElement ack)
    {
        var record = (string)command["session"]! == Talk ? talk : work;
        var seq = ack.GetProperty("seq").GetInt64();
        await record.UntilAsync(() => record.Cursor >= seq, "the ack's event is here");
        switch ((string)command["type"]!)
        {
            case "message.send":
                var created = Assert.Single(record.Events, e => e.Type == "message.created" && e.Text("text") == (string)command["text"]!);
                Assert.Equal((seq, ack.GetProperty("messageId").GetString()), (created.Seq, created.MessageId));
                break;
            case "tools.run":
                var tag = command["calls"]![0]!["arguments"]!["command"]!.ToString();
                var started = Assert.Single(record.Events, e => e.Type == "batch.started"
                    && e.Json.GetProperty("tools")[0].GetProperty("arguments").TryGetProperty("command", out var text)
                    && text.GetString() == tag);
                Assert.Equal((seq, ack.GetProperty("batchId").GetString()), (started.Seq, started.BatchId));
                break;
        }
    }

    private async Task<string> OutputAsync(string session, string command)
    {
        var record = session == Talk ? talk : work;
        var ack = await client.SendAsync(Command.RunTools(session, ToolUse.Shell(processes, command)));
        var batch = ack.GetProperty("batchId").GetString()!;
        await record.UntilAsync(() => record.Ledger.BatchHasEnded(batch), "the batch has ended");
        return record.OutputOf(ack.GetProperty("executionIds")[0].GetString()!);
    }

    // The first is a command whose text is unique, so that its batch can be told from all others.
    private List<ToolUse> Calls(string round)
    {
        var calls = new List<ToolUse>();
        for (var i = random.Next(3, 8); i > 0; i--) calls.Add(Loop($"{round}.{i}", random.Next(2) == 0));
        calls.Add(Loop($"{round}.again", idempotent: true));
        calls.Add(Loop($"{round}.once", idempotent: false));
        calls.Add(Quick($"{round}.quick"));
        calls.Add(new("computer", []));
        calls.Add(new("file_write", new() { ["path"] = $"notes/{round}.md", ["content"] = $"# {round}" }));
        return calls;
    }

    private ToolUse Loop(string tag, bool idempotent)
    {
        if (!idempotent) once.Add(tag);
        var more = random.Next(6) switch
        {
            0 => "sleep 1000 & sleep 1000 & ",
            1 => "setsid sleep 1000 </dev/null >/dev/null 2>&1 & ",
            2 => "nohup sleep 1000 >/dev/null 2>&1 & (setsid bash -c 'trap \"\" TERM; sleep 1000; true' &) ; ",
            3 => "trap '' TERM HUP; ",
            _ => "",
        };
        return ToolUse.Shell(processes, $"echo {tag} >>{RanLog}; {more}for i in $(seq 1 {random.Next(5, 25)}); do echo {tag} line $i; sleep 0.05; done", idempotent);
    }

    private ToolUse Quick(string tag)
    {
        once.Add(tag);
        return ToolUse.Shell(processes, $"echo {tag} >>{RanLog}; echo {tag}");
    }
}
