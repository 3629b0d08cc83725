using System.Text.Json;
using ToolRuntime.Tools.Mcp;
using static ToolRuntime.Tools.Tests.Mcp.FakeMcpServer;

namespace ToolRuntime.Tools.Tests.Mcp;

/// <summary>What becomes of the tools that a server lists.</summary>
public sealed class McpListTests
{
    [Fact]
    public async Task List_SeveralPages_AreOne()
    {
        await using var host = Host(["[" + Tool("a") + "]", "[" + Tool("b") + "," + Tool("c") + "]"]);

        await host.HasAsync("fake__a", "fake__b", "fake__c");
    }

    [Fact]
    public async Task List_PagesWithoutEnd_StopAtTheLimit()
    {
        await using var host = Host([.. Enumerable.Range(0, 100).Select(i => "[" + Tool($"t{i}") + "]")], all: options => options.MaxTools = 3);

        await host.HasAsync("fake__t0", "fake__t1", "fake__t2");
    }

    [Theory]
    [InlineData("new")]
    [InlineData("round")]
    public async Task List_EmptyPagesWithoutEnd_StopAndTheFirstCounts(string kind)
    {
        var asked = 0;
        await using var host = Host([], all: options => options.MaxTools = 4);
        host.Fake.OnList = cursor =>
        {
            asked++;
            return $$"""{"tools":[{{(cursor is null ? Tool("a") : "")}}],"nextCursor":"{{(kind == "new" ? asked : asked % 2)}}"}""";
        };

        await host.HasAsync("fake__a");

        Assert.InRange(asked, 2, 4);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("7")]
    [InlineData("""!{"code":-32602,"message":"no such cursor"}""")]
    public async Task List_LaterPageDoesNotCome_TheOthersCountAndEarlierToolsStay(string? later)
    {
        var first = "[" + Tool("a") + "]";
        await using var host = Host([first, "[" + Tool("b") + "]"], server => server.ConnectTimeout = TimeSpan.FromSeconds(1));
        await host.HasAsync("fake__a", "fake__b");
        var connections = host.Fake.Connections;

        host.Fake.OnList = cursor => cursor is null ? $$"""{"tools":[{{Tool("a")}},{{Tool("c")}}],"nextCursor":"1"}""" : later;
        await host.Fake.SendAsync("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""");

        await host.HasAsync("fake__a", "fake__c", "fake__b");
        Assert.Equal(connections, host.Fake.Connections);
    }

    [Fact]
    public async Task List_RootSchemasThatProvidersRefuse_AreTheNearestLegalOnes()
    {
        string[] schemas =
        [
            """{"type":["object","null"],"properties":{"x":{"type":["string","null"]}},"required":["x"]}""", """{"type":"object"}""", """{"type":"object","properties":[]}""", """{"description":"d"}""",
            "true", "false", "null", """{"type":["string","null"],"minLength":1}""", """{"type":"array","items":{}}""",
        ];
        await using var host = Host(["[" + string.Join(',', schemas.Select((schema, i) => Tool($"t{i}", schema))) + "]"]);

        await host.HasAsync([.. schemas.Select((_, i) => $"fake__t{i}")]);

        const string Any = """{"type":"object","properties":{}}""";
        Assert.Equal(
            [
                """{"type":"object","properties":{"x":{"type":["string","null"]}},"required":["x"]}""", Any, Any, """{"type":"object","properties":{},"description":"d"}""",
                Any, """{"type":"object","properties":{},"additionalProperties":false}""", Any, Any, Any,
            ],
            host.Server.Tools.Select(tool => tool.Descriptor.Parameters.Json));
    }

    [Fact]
    public async Task List_AllowAndDeny_SayWhatIsOffered()
    {
        await using var host = Host(
            ["[" + string.Join(',', Tool("read_a"), Tool("read_b"), Tool("write_a")) + "]"],
            server =>
            {
                server.Allow.Add("read_*");
                server.Deny.Add("*_b");
            });

        await host.HasAsync("fake__read_a");
    }

    [Fact]
    public async Task List_NamesThatAreNoIds_AreMadeIds()
    {
        await using var host = Host(["[" + string.Join(',', Tool("a b"), Tool("a_b"), Tool("a_b"), Tool(""), "{\"name\":7}", "null", Tool(new string('x', 90))) + "]"]);

        await Support.Wait.UntilAsync(() => host.Server.Connection is not null, "connected");

        Assert.Equal(3, host.Names.Count());
        Assert.Contains("fake__a_b", host.Names);
        Assert.All(host.Names, name => Assert.True(EntityId.IsValid(name)));
    }

    [Fact]
    public async Task List_BadSchemas_DoNotKeepToolsAway()
    {
        string[] schemas = ["true", "{\"type\":\"string\"}", "7", "{\"properties\":{\"a\":{\"default\":1,\"type\":\"number\"}}}", "{\"type\":\"object\",\"$ref\":\"https://example.org\"}"];
        await using var host = Host(["[" + string.Join(',', schemas.Select((schema, i) => Tool($"t{i}", schema)).Append("{\"name\":\"none\"}")) + "]"]);

        await host.HasAsync("fake__t0", "fake__t1", "fake__t2", "fake__t3", "fake__t4", "fake__none");

        Assert.All(host.Server.Tools, tool => Assert.Equal("object", tool.Descriptor.Parameters.ToElement().GetProperty("type").GetString()));
        Assert.DoesNotContain("default", host["fake__t3"].Descriptor.Parameters.Json, StringComparison.Ordinal);
        Assert.Contains("example.org", host["fake__t4"].Descriptor.Parameters.Json, StringComparison.Ordinal);
        Assert.Equal("none", host["fake__none"].Descriptor.Description);
    }

    [Fact]
    public async Task List_NoListAtAll_IsTriedAgainUntilThereIsOne()
    {
        await using var host = Host(["7"]);
        await Support.Wait.UntilAsync(() => host.Fake.Connections > 2, "tried again");
        Assert.Null(host.Server.Connection);

        host.Fake.Pages = ["[" + Tool("a") + "]"];

        await host.HasAsync("fake__a");
    }

    [Fact]
    public async Task ListChanged_ToolsComeAndGo_AndTheOthersStayTheSame()
    {
        await using var host = Host(["[" + Tool("a") + "," + Tool("b") + "]"]);
        await host.HasAsync("fake__a", "fake__b");
        var same = host["fake__a"];
        var changes = 0;
        host.Server.Changed += () => changes++;

        host.Fake.Pages = ["[" + Tool("c") + "," + Tool("a") + "]"];
        await host.Fake.SendAsync("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""");
        await host.HasAsync("fake__c", "fake__a");

        Assert.Same(same, host["fake__a"]);
        Assert.Equal(1, changes);
        Assert.Equal(1, host.Fake.Connections);
    }

    [Fact]
    public async Task List_NothingIsSaid_IsAskedForAgainAfterAWhile()
    {
        await using var host = Host(["[]"], all: options => options.RefreshEvery = TimeSpan.FromMilliseconds(100));
        await host.HasAsync();

        host.Fake.Pages = ["[" + Tool("late") + "]"];

        await host.HasAsync("fake__late");
    }

    [Fact]
    public async Task Describe_ServerAndToolSettings_TheToolsGoFirst()
    {
        const string Hints = ""","annotations":{"readOnlyHint":true,"idempotentHint":true},"description":"Reads." """;
        await using var host = Host(["[" + Tool("a", more: Hints) + "," + Tool("b") + "]"], server =>
        {
            (server.Timeout, server.NeedsApproval, server.CacheSeconds) = (TimeSpan.FromSeconds(3), true, 60);
            server.Tools["b"] = new() { NeedsApproval = false, Idempotent = true, EstimatedMs = 5 };
        });
        await host.HasAsync("fake__a", "fake__b");

        var (a, b) = (host["fake__a"].Descriptor, host["fake__b"].Descriptor);

        Assert.Equal(("Reads.", 3_000, true, 60, Idempotency.No, 1_000), (a.Description, a.TimeoutMs, a.NeedsApproval, a.CacheSeconds, a.Idempotency, a.EstimatedMs));
        Assert.Equal((3_000, false, 60, Idempotency.Yes, 5), (b.TimeoutMs, b.NeedsApproval, b.CacheSeconds, b.Idempotency, b.EstimatedMs));
    }

    [Theory]
    [InlineData("readOnlyHint")]
    [InlineData("idempotentHint")]
    public async Task Describe_HintsAreTrusted_ToolIsIdempotent(string hint)
    {
        await using var host = Host(
            ["[" + Tool("a", more: $",\"annotations\":{{\"{hint}\":true}}") + "," + Tool("b") + "," + Tool("c", more: ",\"annotations\":{\"readOnlyHint\":true}") + "]"],
            server =>
            {
                server.TrustAnnotations = true;
                server.Tools["c"] = new() { Idempotent = false };
            });
        await host.HasAsync("fake__a", "fake__b", "fake__c");

        Assert.Equal([Idempotency.Yes, Idempotency.No, Idempotency.No], host.Server.Tools.Select(tool => tool.Descriptor.Idempotency));
    }

    private static FakeServerHost Host(IReadOnlyList<string> pages, Action<McpServerOptions>? configure = null, Action<McpOptions>? all = null) => new(new() { Pages = pages }, configure, all);
}
