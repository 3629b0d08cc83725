using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using ModelContextProtocol.Protocol;
using ToolRuntime.Tools.Mcp;
using ToolRuntime.Tools.Mcp.Messages;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Mcp;

/// <summary>A server in this process that says just what a test wants it to, right or wrong.</summary>
internal sealed class FakeMcpServer : IAsyncDisposable
{
    private readonly Channel<JsonObject> received = Channel.CreateUnbounded<JsonObject>();
    private readonly List<Task> serving = [];
    private Pipe? toClient;

    /// <summary>Whether methods that it does not know are passed over in silence.</summary>
    public bool IgnoresUnknown { get; set; }

    /// <summary>The tools as JSON, in pages.</summary>
    public IReadOnlyList<string> Pages { get; set; } = ["[]"];

    /// <summary>A call's whole <c>result</c>; null gives no answer.</summary>
    public Func<JsonObject, Task<string?>> OnCall { get; set; } = _ => Task.FromResult<string?>("""{"content":[{"type":"text","text":"done"}]}""");

    /// <summary>The whole <c>result</c> of a list for its cursor, in place of <see cref="Pages"/>; null gives no answer.</summary>
    public Func<string?, string?>? OnList { get; set; }

    /// <summary>Whether connections are taken at all.</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>Whether requests are answered.</summary>
    public bool Answers { get; set; } = true;

    /// <summary>Completed to take what the client writes; until then its writes wait, also cancelled ones, as those to a full pipe of a process do.</summary>
    public Task Reads { get; set; } = Task.CompletedTask;

    public int Connections { get; private set; }

    public static string Tool(string name, string schema = """{"type":"object"}""", string more = "") =>
        $$"""{"name":{{JsonValue.Create(name).ToJsonString()}},"inputSchema":{{schema}}{{more}}}""";

    public Task<McpEndpoint> ConnectAsync(CancellationToken cancellationToken)
    {
        if (!IsUp) throw new McpUnavailableException("it is down");
        var (toServer, toClient) = (new Pipe(), new Pipe());
        this.toClient = toClient;
        Connections++;
        serving.Add(ServeAsync(toServer.Reader, toClient.Writer));
        var transport = new StreamClientTransport(new Input(this, toServer.Writer), new MessageLines(toClient.Reader.AsStream(), 64 * 1024), null);
        return Task.FromResult(new McpEndpoint(transport, new TaskCompletionSource<string>().Task, new Owner(toServer)));
    }

    /// <summary>Sends a line as it is.</summary>
    public async Task SendAsync(string line) => await toClient!.Writer.WriteAsync(Encoding.UTF8.GetBytes($"{line}\n"));

    /// <summary>Sends a progress notification of a call; <paramref name="fields"/> are its other fields.</summary>
    public Task SendProgressAsync(JsonObject call, string fields) =>
        SendAsync("""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":""" + call["_meta"]!["progressToken"]!.ToJsonString() + "," + fields + "}}");

    /// <summary>Ends the stream to the client, whatever is under way.</summary>
    public Task BreakAsync() => toClient!.Writer.CompleteAsync().AsTask();

    /// <summary>The next message of this method that came from the client.</summary>
    public async Task<JsonObject> ReceivedAsync(string method)
    {
        while (true)
        {
            var message = await received.Reader.ReadAsync().AsTask().WaitAsync(Wait.Timeout);
            if ((string?)message["method"] == method) return message;
        }
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(serving).WaitAsync(Wait.Timeout);

    private async Task ServeAsync(PipeReader requests, PipeWriter answers)
    {
        using var lines = new StreamReader(requests.AsStream());
        while (await lines.ReadLineAsync() is { } line)
        {
            var message = JsonNode.Parse(line)!.AsObject();
            received.Writer.TryWrite(message);
            if (message["id"] is { } id && Answers) _ = AnswerAsync(message, id, answers);
        }

        await answers.CompleteAsync();
    }

    private async Task AnswerAsync(JsonObject request, JsonNode id, PipeWriter answers)
    {
        var parameters = request["params"] as JsonObject ?? [];
        var result = (string)request["method"]! switch
        {
            "initialize" => """{"protocolVersion":"2025-06-18","capabilities":{"tools":{"listChanged":true}},"serverInfo":{"name":"fake","version":"1"}}""",
            "tools/list" => Page(parameters),
            "tools/call" => await OnCall(parameters),
            _ => IgnoresUnknown ? null : """!{"code":-32601,"message":"no such method"}""",
        };
        if (result is null) return;
        var outcome = result[0] == '!' ? $"\"error\":{result[1..]}" : $"\"result\":{result}";
        await answers.WriteAsync(Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":{{id.ToJsonString()}},{{outcome}}}""" + "\n"));
    }

    private string? Page(JsonObject parameters)
    {
        if (OnList is not null) return OnList((string?)parameters["cursor"]);
        var page = int.Parse((string?)parameters["cursor"] ?? "0", null);
        return $$"""{"tools":{{Pages[page]}}{{(page + 1 < Pages.Count ? $",\"nextCursor\":\"{page + 1}\"" : "")}}}""";
    }

    private sealed class Owner(Pipe toServer) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => toServer.Writer.CompleteAsync();
    }

    private sealed class Input(FakeMcpServer server, PipeWriter writer) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await server.Reads;
            await writer.WriteAsync(buffer, CancellationToken.None);
        }
    }
}
