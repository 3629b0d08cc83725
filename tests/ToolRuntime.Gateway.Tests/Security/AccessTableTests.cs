using System.Text;
using System.Text.Json;
using ToolRuntime.Gateway.Commands;

namespace ToolRuntime.Gateway.Tests.Security;

/// <summary>Every row of the table "Who may do what" of <c>docs/security.md</c>, on the whole server.</summary>
public sealed class AccessTableTests(AccessTableTests.Server fixture) : IClassFixture<AccessTableTests.Server>
{
    private static readonly string[] Scopes = ["sessions:read", "sessions:write", "tools:run", "tools:approve", "metrics:read", "cluster:read", "notices:write"];
    private static readonly TestKey Owner = new("owner", "acme", "ann") { Scopes = Scopes };

    private static readonly Dictionary<string, TestKey?> Callers = new()
    {
        ["no key"] = null,
        ["other tenant"] = new("foreign", "else", "ann") { Scopes = [.. Scopes, "sessions:all"] },
        ["other subject"] = new("other", "acme", "eve") { Scopes = Scopes },
        ["sessions:all"] = new("all", "acme", "root") { Scopes = [.. Scopes, "sessions:all"] },
        ["member"] = new("member", "acme", "mia") { Scopes = Scopes },
        ["owner"] = Owner,
    };

    private static readonly Dictionary<string, TestKey> Lacking = Scopes.ToDictionary(
        scope => scope, scope => new TestKey($"less{Array.IndexOf(Scopes, scope)}", "acme", "ann") { Scopes = [.. Scopes.Where(other => other != scope), "sessions:all"] });

    private static (string Name, object Value)[] Keys => TestKey.Settings([.. Callers.Values.OfType<TestKey>(), .. Lacking.Values]);

    public static TheoryData<string> Operations => [.. AccessTable.Rows.Select(row => row.Operation)];

    [Fact]
    public void Table_NamesEveryCommandAndEveryRouteOnce() => Assert.Equal(
        [.. CommandParser.KnownTypes.Concat(CommandDispatcher.OwnTypes).Concat(fixture.Value.Routes).Order(StringComparer.Ordinal)],
        AccessTable.Rows.Select(row => row.Operation).Order(StringComparer.Ordinal).ToArray());

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Operation_EachCaller_HasTheOutcomeOfTheTable(string operation)
    {
        var row = AccessTable.Rows.Single(row => row.Operation == operation);
        var subject = await AccessSubject.CreateAsync(fixture.Value, Owner, "mia");
        foreach (var scope in row.Scopes) await CheckAsync(row, "without the scope", Lacking[scope], subject);
        Assert.Equal(row.Scopes.Length == 0, row.Outcomes["without the scope"].Length == 0);
        foreach (var (caller, key) in Callers)
        {
            if (await CheckAsync(row, caller, key, subject) == "yes") subject = await AccessSubject.CreateAsync(fixture.Value, Owner, "mia");
        }
    }

    private async Task<string> CheckAsync(AccessRow row, string caller, TestKey? key, AccessSubject subject)
    {
        var before = await fixture.Value.Log.GetHeaderAsync(new("acme", subject.Session));

        var (code, text) = await (row.IsRoute ? CallAsync(row.Operation, key, subject) : AskAsync(row.Operation, key, subject));

        // What can't be done to the state that it is in was still allowed.
        var after = await fixture.Value.Log.GetHeaderAsync(new("acme", subject.Session));
        var outcome = code is "" or "conflict" ? "yes" : code;
        var touched = before?.Head != after?.Head || (row.Operation == "GET /v1/sessions" && text.Contains(subject.Session, StringComparison.Ordinal));
        if (outcome == "yes" && row.Outcomes[caller] == "own" && !touched) outcome = "own";
        Assert.True(row.Outcomes[caller] == outcome, $"{row.Operation} by {caller}: {outcome} {text}");
        if (outcome == "yes") return outcome;
        Assert.Equal(before?.Head, after?.Head);
        Assert.DoesNotContain(subject.Secret, text, StringComparison.Ordinal);
        return outcome;
    }

    private async Task<(string Code, string Text)> AskAsync(string command, TestKey? key, AccessSubject subject)
    {
        await using var client = await fixture.Value.ConnectAsync(key);
        if (client is null) return ("unauthenticated", "");
        var session = command is "ping" or "auth.refresh" ? "" : $"\"session\":\"{subject.Session}\"";
        if (command == "typing" && await client.AskAsync("session.open", session) is var opened && CodeOf(opened) is { Length: > 0 } refused) return (refused, opened.GetRawText());
        var fields = subject.Fields(command, key!);
        var answer = await client.AskAsync(command, string.Join(',', ((string[])[session, fields]).Where(part => part.Length > 0)));
        return (CodeOf(answer), answer.GetRawText());
    }

    private async Task<(string Code, string Text)> CallAsync(string operation, TestKey? key, AccessSubject subject)
    {
        var (method, route) = (operation.Split(' ')[0], operation.Split(' ')[1]);
        if (route == "/v1/ws")
        {
            await using var client = await fixture.Value.ConnectAsync(key);
            return (client is null ? "unauthenticated" : "", "");
        }

        using var http = fixture.Value.Http(route == "/v1/login" ? null : key);
        using var request = new HttpRequestMessage(new(method), subject.Path(method, route));
        if (method == "POST" || (method == "PUT" && route.EndsWith("/{name}", StringComparison.Ordinal))) request.Content = new StringContent(subject.Body(route, key), Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        // Who may look is told that it takes a WebSocket.
        if (route.EndsWith("/live", StringComparison.Ordinal) && (int)response.StatusCode == 426) return ("", text);
        return (response.IsSuccessStatusCode ? "" : CodeOf(JsonElement.Parse(text)), text);
    }

    private static string CodeOf(JsonElement answer) => answer.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString()! : "";

    /// <summary>One server for all rows.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private TenantServer? started;

        public TenantServer Value => started!;

        public async Task InitializeAsync() => started = await TenantServer.StartAsync(Keys);

        public async Task DisposeAsync() => await Value.DisposeAsync();
    }
}
