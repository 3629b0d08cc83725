using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests;

/// <summary>Notices and the feed over sessions go from any process to any other.</summary>
public sealed class NoticesTests
{
    [Fact]
    public async Task Notice_PostedAtOneGateway_IsToldAtAllAndOutlivesSilos()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var one = await cluster.ConnectAsync(0);
        await using var other = await cluster.ConnectAsync(1);

        var id = await PostAsync(cluster, 0, """{"to":{"everybody":true},"text":"hello"}""");
        foreach (var client in (ProtocolClient[])[one, other]) await client.ToldAsync(frame => IsNotice(frame, id));
        var kept = await PostAsync(cluster, 1, """{"to":{"tenant":"dev"},"text":"stays"}""");
        await other.ToldAsync(frame => IsNotice(frame, kept));
        var dismiss = Command.Of("notices.dismiss", "none");
        dismiss["noticeId"] = id;
        await one.SendAsync(dismiss);
        await other.ToldAsync(frame => Type(frame) == "notices.gone" && frame.GetProperty("ids")[0].GetString() == id);

        foreach (var silo in cluster.Silos.ToList()) await silo.KillAsync();
        cluster.Silos.Clear();
        await cluster.StartSiloAsync();

        await using var later = await cluster.ConnectAsync(0);
        await later.ToldAsync(frame => IsNotice(frame, kept));
        using var http = new HttpClient { BaseAddress = await cluster.Gateways[1].Listening, Timeout = Limits.Timeout };
        var listed = await http.GetFromJsonAsync<JsonElement>(new Uri("/v1/notices", UriKind.Relative));
        Assert.Equal([kept], listed.GetProperty("notices").EnumerateArray().Select(notice => notice.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Sessions_WatchedAtOneGateway_AreThoseOfAllSilos()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var one = await cluster.ConnectAsync(0);
        await using var other = await cluster.ConnectAsync(1);
        var processes = new MarkedProcesses();
        await other.SendAsync(Command.Of("sessions.watch", "none"));
        Assert.True((await other.ToldAsync(frame => Type(frame) == "sessions")).GetProperty("reset").GetBoolean());

        var seen = new HashSet<string>();
        for (var i = 0; i < 6; i++) await one.SendAsync(Command.RunTools($"s{i}", ToolUse.Shell(processes, "sleep 60")));
        await other.ToldAsync(frame =>
        {
            if (Type(frame) == "sessions") seen.UnionWith(frame.GetProperty("sessions").EnumerateArray().Where(session => session.GetProperty("state").GetString() == "tools_running").Select(session => session.GetProperty("session").GetString()!));
            return seen.Count == 6;
        });
        for (var i = 0; i < 6; i++) await one.SendAsync(Command.Of("session.delete", $"s{i}"));
        await other.ToldAsync(frame =>
        {
            if (frame.TryGetProperty("gone", out var gone)) seen.ExceptWith(gone.EnumerateArray().Select(id => id.GetString()!));
            return seen.Count == 0;
        });
        await processes.NoneLeftAsync();
    }

    private static string? Type(JsonElement frame) => frame.GetProperty("type").GetString();

    private static bool IsNotice(JsonElement frame, string id) => Type(frame) == "notice" && frame.GetProperty("notice").GetProperty("id").GetString() == id;

    private static async Task<string> PostAsync(TestCluster cluster, int gateway, string body)
    {
        using var http = new HttpClient { BaseAddress = await cluster.Gateways[gateway].Listening, Timeout = Limits.Timeout };
        using var response = await http.PostAsJsonAsync(new Uri("/v1/notices", UriKind.Relative), JsonNode.Parse(body));
        var json = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(response.IsSuccessStatusCode, json.GetRawText());
        return json.GetProperty("notice").GetProperty("id").GetString()!;
    }
}
