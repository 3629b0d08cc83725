using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ToolRuntime.Tools.Tests.Providers;

namespace ToolRuntime.Tools.Tests.Sandboxes;

/// <summary>Speaks as Daytona is documented to, and really runs what it is told, each sandbox in a temporary folder. What it does not know it refuses, and the test fails.</summary>
internal sealed class DaytonaServer : IAsyncDisposable
{
    public const string Key = BadDay.Key;

    private static readonly HashSet<string> CreateMembers =
        ["name", "labels", "snapshot", "target", "public", "networkBlockAll", "autoStopInterval", "autoDeleteInterval"];

    private readonly WebApplication app;
    private readonly Lock naming = new();
    private int logs;

    private DaytonaServer(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    public ConcurrentDictionary<string, StandInSandbox> Sandboxes { get; } = new();

    public StandInSandbox Sandbox => Sandboxes.Values.Single();

    /// <summary>Method and path of each request.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public ConcurrentQueue<string> Created { get; } = new();

    /// <summary>What it was asked that it does not know.</summary>
    public ConcurrentQueue<string> Unknown { get; } = new();

    /// <summary>Answers instead of it where it returns true.</summary>
    public Func<HttpContext, Task<bool>> Instead { get; set; } = _ => Task.FromResult(false);

    /// <summary>Of the n-th connection to a log, from 0: after how many bytes it breaks off, and whether it is closed in order then; null: not.</summary>
    public Func<int, (int Bytes, bool InOrder)?> Cut { get; set; } = _ => null;

    /// <summary>Bytes in a message of a log.</summary>
    public int Piece { get; set; } = 1024;

    public int Logs => Volatile.Read(ref logs);

    public static async Task<DaytonaServer> StartAsync()
    {
        DaytonaServer? server = null;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(context => server!.AnswerAsync(context));
        await app.StartAsync();
        return server = new(app);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        foreach (var sandbox in Sandboxes.Values) sandbox.Dispose();
    }

    public static async Task SendAsync(HttpContext context, string body, int status = 200, string type = "application/json")
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, type);
        await context.Response.WriteAsync(body);
    }

    private static Task RefuseAsync(HttpContext context, int status, string message) =>
        SendAsync(context, $$"""{"statusCode":{{status}},"message":{{JsonSerializer.Serialize(message)}},"code":"X","path":"{{context.Request.Path}}","method":"{{context.Request.Method}}"}""", status);

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        Requests.Enqueue($"{context.Request.Method} {path}");
        if (await Instead(context)) return;
        if (context.Request.Headers.Authorization != "Bearer " + Key)
        {
            await RefuseAsync(context, 401, "Unauthorized");
            return;
        }

        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        await (parts switch
        {
            ["api", "sandbox"] when context.Request.Method == "POST" => CreateAsync(context),
            ["api", "sandbox", var name, .. var rest] => SandboxAsync(context, name, rest),
            ["toolbox", var id, .. var rest] => ToolboxAsync(context, id, rest),
            _ => UnknownAsync(context),
        });
    }

    private Task UnknownAsync(HttpContext context)
    {
        Unknown.Enqueue($"{context.Request.Method} {context.Request.Path}");
        return RefuseAsync(context, 501, "unknown");
    }

    private async Task CreateAsync(HttpContext context)
    {
        var body = await JsonAsync(context);
        foreach (var member in body.EnumerateObject().Where(member => !CreateMembers.Contains(member.Name))) Unknown.Enqueue(member.Name);
        var name = body.GetProperty("name").GetString()!;
        StandInSandbox sandbox;
        lock (naming)
        {
            if (Sandboxes.ContainsKey(name))
            {
                context.Response.StatusCode = 409;
                return;
            }

            Sandboxes[name] = sandbox = new(name, body.GetProperty("labels").GetRawText(), Url);
        }

        Created.Enqueue(body.GetRawText());
        await SendAsync(context, sandbox.Json);
    }

    private async Task SandboxAsync(HttpContext context, string name, string[] rest)
    {
        var sandbox = Sandboxes.Values.FirstOrDefault(known => known.Name == name || known.Id == name);
        if (sandbox is null)
        {
            await RefuseAsync(context, 404, "Sandbox not found");
            return;
        }

        switch (context.Request.Method, rest)
        {
            case ("GET", []):
                await SendAsync(context, sandbox.Json);
                if (sandbox.State is "creating" or "starting") sandbox.State = "started";
                return;
            case ("POST", ["start"]):
                sandbox.State = "starting";
                await SendAsync(context, sandbox.Json);
                return;
            case ("POST", ["last-activity"]):
                context.Response.StatusCode = 201;
                return;
            case ("DELETE", []):
                Sandboxes.TryRemove(sandbox.Name, out _);
                await SendAsync(context, sandbox.Json);
                sandbox.Dispose();
                return;
            default:
                await UnknownAsync(context);
                return;
        }
    }

    private Task ToolboxAsync(HttpContext context, string id, string[] rest)
    {
        if (Sandboxes.Values.FirstOrDefault(known => known.Id == id) is not { } sandbox) return RefuseAsync(context, 404, "Sandbox not found");
        if (sandbox.State != "started") return RefuseAsync(context, 400, "Sandbox is not started");
        return (context.Request.Method, rest) switch
        {
            ("POST", ["process", "execute"]) => ExecuteAsync(context, sandbox),
            ("POST", ["process", "session"]) => NewSessionAsync(context, sandbox),
            ("GET", ["process", "session"]) => SendAsync(context, $"[{string.Join(',', sandbox.Sessions.Keys.Select(name => JsonOf(sandbox, name)))}]"),
            (var method, ["process", "session", var session, .. var more]) => sandbox.Sessions.ContainsKey(session)
                ? SessionAsync(context, sandbox, method, session, more)
                : RefuseAsync(context, 404, "session not found"),
            ("POST", ["files", "upload"]) => UploadAsync(context),
            ("GET", ["files", "download"]) => DownloadAsync(context),
            _ => UnknownAsync(context),
        };
    }

    private static async Task ExecuteAsync(HttpContext context, StandInSandbox sandbox)
    {
        var body = await JsonAsync(context);
        using var process = Process.Start(new ProcessStartInfo("bash") { WorkingDirectory = sandbox.Folder, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync(body.GetProperty("command").GetString());
        process.StandardInput.Close();
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        await SendAsync(context, $$"""{"exitCode":{{process.ExitCode}},"result":{{JsonSerializer.Serialize(Encoding.UTF8.GetString(output.ToArray()))}}}""");
    }

    private static async Task NewSessionAsync(HttpContext context, StandInSandbox sandbox)
    {
        var made = sandbox.Sessions.TryAdd((await JsonAsync(context)).GetProperty("sessionId").GetString()!, new());
        if (made) context.Response.StatusCode = 201;
        else await RefuseAsync(context, 409, "session already exists");
    }

    private async Task SessionAsync(HttpContext context, StandInSandbox sandbox, string method, string session, string[] rest)
    {
        switch (method, rest)
        {
            case ("GET", []):
                await SendAsync(context, JsonOf(sandbox, session));
                return;
            case ("DELETE", []):
                sandbox.End(session);
                context.Response.StatusCode = 204;
                return;
            case ("POST", ["exec"]):
                var body = await JsonAsync(context);
                Assert.True(body.GetProperty("runAsync").GetBoolean() && body.GetProperty("suppressInputEcho").GetBoolean());
                var command = new StandInCommand(body.GetProperty("command").GetString()!, sandbox.Folder);
                sandbox.Sessions[session].Enqueue(command);
                if (await Instead(context)) return;
                await SendAsync(context, $$"""{"cmdId":"{{command.Id}}"}""", 202);
                return;
        }

        if (rest is not ["command", var id, ..] || sandbox.Find(session, id) is not { } known)
        {
            await RefuseAsync(context, 404, "command not found");
            return;
        }

        switch (method, rest[2..])
        {
            case ("GET", []):
                await SendAsync(context, JsonOf(known));
                return;
            case ("POST", ["input"]):
                await known.SendAsync((await JsonAsync(context)).GetProperty("data").GetString()!);
                context.Response.StatusCode = 204;
                return;
            case ("GET", ["logs"]) when context.WebSockets.IsWebSocketRequest:
                Assert.Equal(("true", "true"), (context.Request.Query["follow"].ToString(), context.Request.Headers["X-Daytona-Split-Output"].ToString()));
                await FollowAsync(context, known);
                return;
            default:
                await UnknownAsync(context);
                return;
        }
    }

    // From the beginning of the log, whatever was read of it before.
    private async Task FollowAsync(HttpContext context, StandInCommand command)
    {
        var cut = Cut(Interlocked.Increment(ref logs) - 1);
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var sent = 0;
        try
        {
            while (cut is null || sent < cut.Value.Bytes)
            {
                var bytes = await command.ReadAsync(sent, Math.Min(Piece, (cut?.Bytes ?? int.MaxValue) - sent), context.RequestAborted);
                if (bytes.Length == 0) break;
                await socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, context.RequestAborted);
                sent += bytes.Length;
            }

            if (cut is { InOrder: false }) context.Abort();
            else await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            // Who read it has gone.
        }
    }

    private static async Task UploadAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        await using var file = File.Create(context.Request.Query["path"]!);
        await form.Files.GetFile("file")!.CopyToAsync(file);
    }

    private static async Task DownloadAsync(HttpContext context)
    {
        var path = context.Request.Query["path"].ToString();
        context.Response.ContentType = "application/octet-stream";
        if (File.Exists(path)) await context.Response.SendFileAsync(path);
        else await RefuseAsync(context, 404, "no such file");
    }

    private static string JsonOf(StandInSandbox sandbox, string session) =>
        $$"""{"sessionId":"{{session}}","commands":[{{string.Join(',', (sandbox.Sessions.GetValueOrDefault(session) ?? new()).Select(JsonOf))}}]}""";

    private static string JsonOf(StandInCommand command) =>
        $$"""{"id":"{{command.Id}}","command":"..."{{(command.ExitCode is { } code ? $",\"exitCode\":{code}" : "")}}}""";

    private static async Task<JsonElement> JsonAsync(HttpContext context)
    {
        using var document = await JsonDocument.ParseAsync(context.Request.Body);
        return document.RootElement.Clone();
    }
}
