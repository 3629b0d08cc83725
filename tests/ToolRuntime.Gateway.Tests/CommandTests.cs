using System.Net.WebSockets;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Tests;

public class CommandTests
{
    [Fact]
    public async Task Send_SameIdAndContent_GivesTheSameAnswerOnce()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);

        var first = WireAssert.Ack(await client.AskAsync("message.send", "\"session\":\"s1\",\"text\":\"hi\"", "m"));
        var again = WireAssert.Ack(await client.AskAsync("message.send", "\"session\":\"s1\",\"text\":\"hi\",\"traceparent\":\"00-1-1-00\",\"unknown\":1", "m"));
        var other = await client.AskAsync("message.send", "\"session\":\"s1\",\"text\":\"ho\"", "m");

        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Equal(1, first.GetProperty("seq").GetInt64());
        WireAssert.Error(other, "conflict", retryable: false);
    }

    [Fact]
    public async Task Send_Many_ReachTheSessionInOrder()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);

        var ids = Enumerable.Range(0, 200).Select(i => $"m{i}").ToList();
        foreach (var id in ids) await client.SendAsync($$"""{"id":"{{id}}","type":"message.send","session":"s1","text":"hi"}""");
        for (var i = 0; i < ids.Count; i++) WireAssert.Ack(await client.NextAsync());

        Assert.Equal(ids, world.Sessions.Arrived);
    }

    [Fact]
    public async Task Send_ManyToSessionsWithoutActivation_AreDecidedInOrder()
    {
        await using var world = await RealWorld.StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");
        await using var client = (await WireClient.TryConnectAsync(socket, world.WebSocketAddress))!;
        var sessions = Enumerable.Range(0, 30).Select(i => $"s{i}").ToList();

        foreach (var session in sessions)
        {
            for (var i = 0; i < 10; i++) await client.SendAsync($$"""{"id":"{{session}}-{{i}}","type":"message.send","session":"{{session}}","text":"{{i}}"}""");
        }

        var wrong = new List<string>();
        foreach (var session in sessions)
        {
            var seqs = new List<long>();
            for (var i = 0; i < 10; i++) seqs.Add(WireAssert.Ack(await client.AnswerAsync($"{session}-{i}")).GetProperty("seq").GetInt64());
            if (!seqs.SequenceEqual(seqs.Order())) wrong.Add($"{session}: {string.Join(' ', seqs)}");
            WireAssert.Ack(await client.AskAsync("session.delete", $"\"session\":\"{session}\""));
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Send_OneOfManyIsRepeated_TheLaterOnesWaitForIt()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        var (tries, decided) = (0, new List<string>());
        world.Sessions.Execute = (id, _) =>
        {
            if (id == "m0" && ++tries < 3) throw new TimeoutException();
            decided.Add(id);
            return Task.FromResult(new SessionReply<JsonText>(new("""{"seq":1}"""), null));
        };

        var ids = Enumerable.Range(0, 10).Select(i => $"m{i}").ToList();
        foreach (var id in ids) await client.SendAsync($$"""{"id":"{{id}}","type":"message.send","session":"s1","text":"hi"}""");
        foreach (var id in ids) WireAssert.Ack(await client.AnswerAsync(id));

        Assert.Equal(ids, decided);
    }

    [Fact]
    public async Task Send_AfterAnAnswer_ManyGoSideBySide()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        WireAssert.Ack(await client.AskAsync("message.send", "\"session\":\"s1\",\"text\":\"hi\"", "first"));
        var (arrived, all) = (0, new TaskCompletionSource<SessionReply<JsonText>>(TaskCreationOptions.RunContinuationsAsynchronously));
        world.Sessions.Execute = (_, _) =>
        {
            if (Interlocked.Increment(ref arrived) == 5) all.SetResult(new(JsonText.EmptyObject, null));
            return all.Task;
        };

        for (var i = 0; i < 5; i++) await client.SendAsync($$"""{"id":"m{{i}}","type":"message.send","session":"s1","text":"hi"}""");
        for (var i = 0; i < 5; i++) WireAssert.Ack(await client.AnswerAsync($"m{i}"));

        Assert.Equal(5, arrived);
    }

    [Fact]
    public async Task Send_MoreThanMayBeUnanswered_AreNotReadBeforeAnswersAreWritten()
    {
        await using var world = await World.StartAsync(("Connections:MaxUnanswered", 8));
        await using var client = await WireClient.ConnectAsync(world);
        using var release = new SemaphoreSlim(0);
        var (waiting, most, arrived) = (0, 0, 0);
        var full = new TaskCompletionSource();
        world.Sessions.Execute = async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref waiting));
            if (Interlocked.Increment(ref arrived) == 8) full.SetResult();
            await release.WaitAsync();
            Interlocked.Decrement(ref waiting);
            return new(JsonText.EmptyObject, null);
        };

        for (var i = 0; i < 40; i++) await client.SendAsync($$"""{"id":"m{{i}}","type":"message.send","session":"s{{i}}","text":"hi"}""");
        await full.Task.WaitAsync(World.Patience);
        for (var i = 0; i < 40; i++)
        {
            release.Release();
            WireAssert.Ack(await client.NextAsync());
        }

        Assert.Equal(40, arrived);
        Assert.Equal(8, most);
    }

    [Fact]
    public async Task Send_NoAnswerAtFirst_IsRepeatedUnderTheSameId()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        var ids = new List<string>();
        world.Sessions.Execute = (id, _) =>
        {
            ids.Add(id);
            return ids.Count < 3 ? throw new TimeoutException() : Task.FromResult(new SessionReply<JsonText>(new("""{"seq":1}"""), null));
        };

        WireAssert.Ack(await client.AskAsync("message.send", "\"session\":\"s1\",\"text\":\"hi\"", "m"));

        Assert.Equal(["m", "m", "m"], ids);
    }

    [Fact]
    public async Task Send_NoAnswerForTheWholeBudget_GivesRetryableTimeout()
    {
        await using var world = await World.StartAsync(("Commands:BudgetMs", 50));
        await using var client = await WireClient.ConnectAsync(world);
        world.Sessions.Execute = (_, _) => throw new TimeoutException();

        WireAssert.Error(await client.AskAsync("message.send", "\"session\":\"s1\",\"text\":\"hi\""), "timeout", retryable: true);
    }

    [Fact]
    public async Task Send_SessionThrows_GivesInternalWithoutDetails()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        world.Sessions.Execute = (_, _) => throw new InvalidOperationException("secret");

        var error = WireAssert.Error(await client.AskAsync("message.send", "\"session\":\"s1\",\"text\":\"hi\""), "internal", retryable: true);

        Assert.DoesNotContain("secret", error.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("secret", Assert.Single(world.Errors.Take()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_SessionRefuses_PassesTheRefusalOn()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        world.Sessions.Execute = (_, _) => Task.FromResult(new SessionReply<JsonText>(default, new(ErrorCode.InvalidArguments, "no", Details: new("""{"index":0,"path":"$.a","reason":"missing"}"""))));

        var error = WireAssert.Error(await client.AskAsync("tools.run", "\"session\":\"s1\",\"calls\":[]"), "invalid_arguments", retryable: false);

        Assert.Equal("$.a", error.GetProperty("details").GetProperty("path").GetString());
    }

    [Fact]
    public async Task Ping_Always_TellsTheTime()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);

        Assert.EndsWith("Z", WireAssert.Ack(await client.AskAsync("ping")).GetProperty("at").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Details_KnownAndUnknownExecution_AnswersOrRefuses()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);

        Assert.Equal("shell", WireAssert.Ack(await client.AskAsync("tool.details", "\"session\":\"s1\",\"executionId\":\"x1\"")).GetProperty("name").GetString());
        WireAssert.Error(await client.AskAsync("tool.details", "\"session\":\"s1\",\"executionId\":\"x2\""), "not_found");
    }

    [Fact]
    public async Task Typing_SessionOpenOnTwoConnections_ReachesTheOther()
    {
        await using var world = await World.StartAsync();
        await using var one = await WireClient.ConnectAsync(world);
        await using var two = await WireClient.ConnectAsync(world);
        await one.OpenAsync("s1");
        await two.OpenAsync("s1");

        WireAssert.Ack(await one.AskAsync("typing", "\"session\":\"s1\",\"active\":true"));
        var signal = await two.NextAsync();

        Assert.Equal("signal", signal.GetProperty("type").GetString());
        Assert.Equal("typing", signal.GetProperty("kind").GetString());
        Assert.Equal("dev", signal.GetProperty("from").GetString());
        Assert.True(signal.GetProperty("active").GetBoolean());
        WireAssert.Error(await two.AskAsync("typing", "\"session\":\"s2\",\"active\":true"), "invalid_command");
    }
}
