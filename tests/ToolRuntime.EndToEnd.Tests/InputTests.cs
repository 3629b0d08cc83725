using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>Typing into real processes.</summary>
public sealed class InputTests : IAsyncLifetime
{
    private readonly MarkedProcesses processes = new();
    private TestServer server = null!;

    public async Task InitializeAsync() => server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task Input_OverTheSocket_IsReadLineByLineAndOnceHoweverOftenSent()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("typing");
        var id = await StartAsync(client, record, "while read -r line; do echo \"got $line\"; done; echo over");

        var first = Command.Input("typing", id, "one\n");
        await client.SendAsync(first);
        await record.UntilAsync(() => record.OutputOf(id) == "got one\n", "the first line is read");
        Assert.Equal("{}", (await client.SendAsync(first)).GetRawText());
        await client.SendAsync(Command.Input("typing", id, "two\n"));
        await client.SendAsync(Command.Input("typing", id, "thr", end: true));
        await record.IdleAsync(1);

        Assert.Equal("got one\ngot two\nover\n", record.OutputOf(id));
        var refused = await Assert.ThrowsAsync<CommandRefusedException>(() => client.SendAsync(Command.Input("typing", id, "late\n")));
        Assert.Equal("conflict", refused.Code);
    }

    [Fact]
    public async Task Input_OverHttp_ReachesCat()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("http");
        var id = await StartAsync(client, record, "cat");

        await PostAsync(Command.Input("http", id, "hä\n"));
        await record.UntilAsync(() => record.OutputOf(id) == "hä\n", "it comes back");
        await PostAsync(Command.Input("http", id, null, end: true));
        await record.IdleAsync(1);

        Assert.Single(record.Events, e => e.Type == "tool.completed");
    }

    [Fact]
    public async Task Input_CommandThatAsksForNone_ReadsItsEndAtOnceAndRefuses()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("none");

        var ack = await client.SendAsync(Command.RunTools("none", ToolUse.Shell(processes, "cat; echo over; sleep 1000")));
        var id = ack.GetProperty("executionIds")[0].GetString()!;
        await record.UntilAsync(() => record.OutputOf(id) == "over\n", "cat has read the end");

        Assert.Equal("conflict", (await Assert.ThrowsAsync<CommandRefusedException>(() => client.SendAsync(Command.Input("none", id, "x\n")))).Code);
    }

    [Fact]
    public async Task Input_ProcessThatDoesNotRead_HoldsTheWriterBack()
    {
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("deaf");
        var id = await StartAsync(client, record, "sleep 1000");
        var part = new string('x', 32 * 1024);

        var sent = 0;
        var refused = await Assert.ThrowsAsync<CommandRefusedException>(async () =>
        {
            for (; sent < 100; sent++) await client.SendAsync(Command.Input("deaf", id, part));
        });

        Assert.Equal("rate_limited", refused.Code);
        Assert.InRange(sent, 2, 8);
    }

    private async Task<string> StartAsync(ProtocolClient client, SessionRecord record, string command)
    {
        var use = ToolUse.Shell(processes, command);
        use.Arguments["input"] = true;
        var ack = await client.SendAsync(Command.RunTools(record.Session, use));
        var id = ack.GetProperty("executionIds")[0].GetString()!;
        await record.FirstAsync(e => e.Type == "tool.started" && e.ExecutionId == id, "it is started");
        return id;
    }

    private async Task PostAsync(JsonObject command)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        using var answer = await http.PostAsJsonAsync($"/v1/sessions/{command["session"]}/commands", command);
        Assert.Equal("{}", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetRawText());
    }
}
