using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>Cursors against a store that somebody has put back to an older copy.</summary>
public sealed class CursorTests
{
    private const string Session = "put-back";

    [Fact]
    public async Task Store_PutBackAsAWholeAndGrownPastTheCursor_IsFoundByTheCheckOnly()
    {
        await using var server = await TestServer.StartAsync();
        var record = await SeenAsync(server, "*.db*");
        await using var other = await server.ConnectAsync();
        var theirs = await other.OpenAsync(Session);
        while (theirs.Cursor <= record.Cursor) await SendAsync(other, theirs);

        var proven = await OpenAsync(server, Command.Cursor(record.Epoch!, record.Cursor, record.Proof));
        var claimed = await OpenAsync(server, Command.Cursor(record.Epoch!, record.Cursor, null));
        var streamed = await server.GetJsonAsync($"/v1/sessions/{Session}/events?after={record.Epoch}:{record.Cursor}:{record.Proof}");
        await SendAsync(other, theirs);

        Assert.NotNull(record.Proof);
        Assert.Equal((false, record.Epoch), (proven.GetProperty("recovered").GetBoolean(), proven.GetProperty("epoch").GetString()));
        Assert.True(proven.GetProperty("snapshot").GetProperty("seq").GetInt64() > record.Cursor);
        Assert.False(streamed.GetProperty("recovered").GetBoolean());
        Assert.True(claimed.GetProperty("recovered").GetBoolean()); // nobody can know
        theirs.Verify();
    }

    [Fact]
    public async Task Store_WhoseLogIsPutBackBehindItsSnapshot_BeginsANewEpochByItself()
    {
        await using var server = await TestServer.StartAsync();
        var record = await SeenAsync(server, "sessions.db*");

        var opened = await OpenAsync(server, Command.Cursor(record.Epoch!, record.Cursor, null));
        var again = await OpenAsync(server, Command.Cursor(record.Epoch!, 1, null));

        Assert.False(opened.GetProperty("recovered").GetBoolean());
        Assert.NotEqual(record.Epoch, opened.GetProperty("epoch").GetString());
        Assert.Equal((false, opened.GetProperty("epoch").GetString()), (again.GetProperty("recovered").GetBoolean(), again.GetProperty("epoch").GetString()));
    }

    [Fact]
    public async Task Cursor_BeyondTheHead_ClosesNobody()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync(Session);
        await SendAsync(client, record);

        var claimed = await OpenAsync(server, Command.Cursor(record.Epoch!, record.Cursor + 1_000, null));
        var read = await server.GetJsonAsync($"/v1/sessions/{Session}/events?after={record.Epoch}:{record.Cursor + 1_000}");
        await SendAsync(client, record);

        Assert.Equal((false, record.Epoch), (claimed.GetProperty("recovered").GetBoolean(), claimed.GetProperty("epoch").GetString()));
        Assert.Equal((false, record.Epoch), (read.GetProperty("recovered").GetBoolean(), read.GetProperty("epoch").GetString()));
        record.Verify();
    }

    /// <summary>What a client has seen of a session of which the store then, put back to a copy of its files, has only the beginning.</summary>
    private static async Task<SessionRecord> SeenAsync(TestServer server, string files)
    {
        var record = new SessionRecord(Session);
        await using (var client = await server.ConnectAsync())
        {
            await client.OpenAsync(record);
            await SendAsync(client, record);
        }

        await server.Process.StopAsync();
        var putBack = server.Copy(files);
        await server.RestartAsync();
        await using (var client = await server.ConnectAsync())
        {
            await client.OpenAsync(record);
            await SendAsync(client, record);
        }

        await server.Process.StopAsync();
        putBack();
        await server.RestartAsync();
        return record;
    }

    private static async Task SendAsync(ProtocolClient client, SessionRecord record)
    {
        var sent = await client.SendAsync(Command.SendMessage(Session, "/computer {}"));
        await record.IdleAsync(sent.GetProperty("seq").GetInt64());
    }

    private static async Task<JsonElement> OpenAsync(TestServer server, JsonNode? after)
    {
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = Limits.Timeout };
        var command = Command.Of("session.open", Session);
        if (after is not null) command["after"] = after;
        using var response = await http.PostAsJsonAsync(new Uri($"/v1/sessions/{Session}/commands", UriKind.Relative), command);
        return await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
    }
}
