using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>What happens between SIGTERM and the end.</summary>
public sealed class GraceTests
{
    private const string Session = "grace";
    private const string UntilGo = "echo up; until [ -e go ]; do sleep 0.05; done; echo done";

    [Fact]
    public async Task Stop_WithinTheGrace_EndsWhatRunsTakesNothingNewAndGoesOnAfterRestart()
    {
        await using var server = await TestServer.StartAsync("--ToolRuntime:Batches:MaxParallel", "1");
        var processes = new MarkedProcesses();
        var record = new SessionRecord(Session);
        string reply;
        await using (var client = await server.ConnectAsync())
        {
            await client.OpenAsync(record);
            var sent = await client.SendAsync(Command.SendMessage(Session, ToolUse.Shell(processes, UntilGo).Directive, ToolUse.Shell(processes, "echo later").Directive));
            reply = sent.GetProperty("replyId").GetString()!;
            var first = (await record.FirstAsync(e => e.Type == "tool.output", "the command prints")).ExecutionId!;

            server.Process.Terminate();
            await StoppingAsync(server);
            var refused = await Assert.ThrowsAsync<CommandRefusedException>(() => client.SendAsync(Command.SendMessage(Session, "/computer {}")));
            var opened = await Assert.ThrowsAsync<CommandRefusedException>(() => client.SendAsync(Command.Of("session.open", "another")));
            await AssertUnavailableAsync(server, $"/v1/sessions/{Session}/messages", new { text = "/computer {}" });
            await AssertUnavailableAsync(server, "/v1/tools/execute", new { tool = "computer", arguments = new { } });
            await File.WriteAllTextAsync(Path.Combine(server.DataPath, "workspaces", "dev", Session, "go"), "");

            Assert.Equal(0, await server.Process.Exited);
            Assert.Equal(("unavailable", "unavailable"), (refused.Code, opened.Code));
            Assert.All((int?[])[refused.ReconnectAfterMs, opened.ReconnectAfterMs], wait => Assert.InRange(wait ?? 0, 1, 60_000));
            Assert.True((await client.Closing).TryGetProperty("reconnectAfterMs", out _));
            Assert.Equal(4000, await client.Closed);
            Assert.Contains(record.Events, e => e.Type == "tool.completed" && e.ExecutionId == first);
            Assert.Equal("up\ndone\n", record.OutputOf(first));
            Assert.DoesNotContain(record.Events, e => e.Type == "tool.started" && e.ExecutionId != first);
        }

        await processes.NoneLeftAsync();
        await server.RestartAsync();
        await using var again = await server.ConnectAsync();
        await again.OpenAsync(record);

        Assert.Equal("completed", (await record.ReplyEndedAsync(reply))[^1]);
        Assert.Equal([1, 1], record.Events.Where(e => e.Type == "tool.started").Select(e => e.Attempt));
        Assert.Equal(2, record.Events.Count(e => e.Type == "tool.completed"));
        record.Verify();
    }

    [Fact]
    public async Task Stop_SynchronousCallAndStreamWithinTheGrace_AreAnsweredToTheirEnd()
    {
        await using var server = await TestServer.StartAsync();
        var processes = new MarkedProcesses();
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync(Session);
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = Limits.Timeout };
        var arguments = ToolUse.Shell(processes, UntilGo).Arguments;
        var call = http.PostAsJsonAsync(new Uri("/v1/tools/execute", UriKind.Relative), new { tool = "shell", arguments, session = Session });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/sessions/{Session}/events?after=start") { Headers = { { "Accept", "text/event-stream" } } };
        using var stream = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await record.FirstAsync(e => e.Type == "tool.output", "the command prints");

        server.Process.Terminate();
        await StoppingAsync(server);
        await File.WriteAllTextAsync(Path.Combine(server.DataPath, "workspaces", "dev", Session, "go"), "");

        using var answer = await call;
        Assert.Equal("completed", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString());
        var events = await stream.Content.ReadAsStringAsync();
        Assert.Contains("\"tool.completed\"", events, StringComparison.Ordinal);
        Assert.EndsWith("event: end\ndata: {\"reason\":\"going_away\"}\n\n", events, StringComparison.Ordinal);
        Assert.Equal(0, await server.Process.Exited);
    }

    [Fact]
    public async Task Stop_SecondSignal_EndsAtOnceAndGoesOnAfterRestartAsAfterACrash()
    {
        await using var server = await TestServer.StartAsync("--ToolRuntime:Runners:GraceSeconds", "3600");
        var processes = new MarkedProcesses();
        var record = new SessionRecord(Session);
        string reply;
        await using (var client = await server.ConnectAsync())
        {
            await client.OpenAsync(record);
            var sent = await client.SendAsync(Command.SendMessage(Session, ToolUse.Shell(processes, "echo up; [ -e seen ] || { touch seen; sleep 1000; }", idempotent: true).Directive));
            reply = sent.GetProperty("replyId").GetString()!;
            await record.FirstAsync(e => e.Type == "tool.output", "the command prints");

            server.Process.Terminate();
            await StoppingAsync(server);
            server.Process.Terminate();

            Assert.Equal(128 + 15, await server.Process.Exited);
        }

        await processes.NoneLeftAsync();
        await server.RestartAsync();
        await using var again = await server.ConnectAsync();
        await again.OpenAsync(record);

        Assert.Equal("completed", (await record.ReplyEndedAsync(reply))[^1]);
        Assert.Contains(record.Events, e => e.Type == "tool.started" && e.Attempt == 2);
    }

    [Fact]
    public async Task Stop_NothingUnderWay_WaitsForNothing()
    {
        await using var server = await TestServer.StartAsync("--ToolRuntime:Runners:GraceSeconds", "3600");
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync(Session);
        var sent = await client.SendAsync(Command.SendMessage(Session, "/computer {}"));
        await record.IdleAsync(sent.GetProperty("seq").GetInt64());

        Assert.Equal(0, await server.Process.StopAsync());
        Assert.Equal(4000, await client.Closed);
    }

    /// <summary>Waits until the server says that it stops.</summary>
    private static async Task StoppingAsync(TestServer server)
    {
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = Limits.Timeout };
        using var limit = new CancellationTokenSource(Limits.Timeout);
        while (true)
        {
            using var ready = await http.GetAsync(new Uri("/readyz", UriKind.Relative), limit.Token);
            if (ready.StatusCode == HttpStatusCode.OK) continue;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Equal("stopping", (await ready.Content.ReadFromJsonAsync<JsonElement>(limit.Token)).GetProperty("status").GetString());
            return;
        }
    }

    private static async Task AssertUnavailableAsync(TestServer server, string path, object body)
    {
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = Limits.Timeout };
        using var response = await http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(("unavailable", true), (error.GetProperty("code").GetString(), error.GetProperty("retryable").GetBoolean()));
        Assert.True(error.GetProperty("reconnectAfterMs").GetInt32() > 0);
        Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
    }
}
