using System.Net.Http.Json;
using System.Text.Json;
using ToolRuntime.Gateway.Projections.Responses;

namespace ToolRuntime.Gateway.Tests.Security;

/// <summary>A session of the owner's, shared with the member, with a message, its reply, and an execution that has ended; what operations are tried on.</summary>
internal sealed record AccessSubject(string Session, string Secret, string Message, string Reply, string Batch, string Execution)
{
    private const string File = "notes.txt", Spare = "spare.txt", Process = "web", Definition = """{"command":"true"}""";

    /// <summary>What a tool of the session has published.</summary>
    public string Blob { get; private init; } = "";

    /// <summary>The reply, as OpenAI's clients know it.</summary>
    private string Response { get; init; } = "";

    /// <summary>A link to its replay, of the owner's making.</summary>
    private string Share { get; init; } = "";

    /// <summary>What that leads by.</summary>
    private string Token { get; init; } = "";

    public static async Task<AccessSubject> CreateAsync(TenantServer server, TestKey owner, string member)
    {
        var (session, secret) = ($"s{Guid.NewGuid():N}", $"secret{Guid.NewGuid():N}");
        await server.ExecuteAsync(owner, session, "file_write", $$"""{"path":"{{File}}","content":"{{secret}}"}""");
        await server.ExecuteAsync(owner, session, "file_write", $$"""{"path":"{{Spare}}","content":"spare"}""");
        var (_, publishing) = await server.ExecuteAsync(owner, session, "file_publish", $$"""{"path":"{{File}}"}""");
        var (batch, execution) = await server.ExecuteAsync(owner, session);
        await using var client = (await server.ConnectAsync(owner))!;
        await client.OpenAsync(session);
        WireAssert.Ack(await client.AskAsync("session.share", $"\"session\":\"{session}\",\"subjects\":[\"{member}\"]"));
        WireAssert.Ack(await client.AskAsync("process.put", $"\"session\":\"{session}\",\"name\":\"{Process}\",\"process\":{Definition}"));
        var sent = WireAssert.Ack(await client.AskAsync("message.send", $"\"session\":\"{session}\",\"text\":\"{secret}\""));
        var (message, reply) = (sent.GetProperty("messageId").GetString()!, sent.GetProperty("replyId").GetString()!);
        while (!(await client.NextAsync("events")).GetProperty("events").EnumerateArray().Any(happened => IsEnd(happened, reply)))
        {
        }

        var published = WireAssert.Ack(await client.AskAsync("tool.details", $"\"session\":\"{session}\",\"executionId\":\"{publishing}\""));
        var blob = published.GetProperty("result").GetProperty("content")[0].GetProperty("blob").GetString()!;
        using var http = server.Http(owner);
        using var shared = await http.PostAsJsonAsync($"/v1/sessions/{session}/shares", new { follow = true });
        var link = await shared.Content.ReadFromJsonAsync<JsonElement>();
        return new(session, secret, message, reply, batch, execution)
        {
            Blob = blob,
            Response = new ResponseId(session, reply, sent.GetProperty("seq").GetInt64(), sent.GetProperty("seq").GetInt64()).ToString(),
            Share = link.GetProperty("share").GetProperty("shareId").GetString()!,
            Token = link.GetProperty("token").GetString()!,
        };
    }

    /// <summary>The fields of a command about the session.</summary>
    public string Fields(string command, TestKey caller) => command switch
    {
        "session.configure" => "\"parameters\":{\"a\":1}",
        "session.rename" => "\"title\":\"other\"",
        "session.share" => "\"subjects\":[\"mia\"]",
        "message.send" => "\"text\":\"hi\"",
        "message.edit" => $"\"messageId\":\"{Message}\",\"text\":\"other\"",
        "message.delete" => $"\"messageId\":\"{Message}\"",
        "message.cancel" or "message.retry" or "message.pause" or "message.resume" => $"\"messageId\":\"{Reply}\"",
        "tools.run" => "\"calls\":[{\"tool\":\"computer\",\"arguments\":{}}]",
        "batch.pause" or "batch.resume" or "batch.cancel" => $"\"batchId\":\"{Batch}\"",
        "tool.cancel" or "tool.approve" or "tool.deny" or "tool.details" or "tool.follow" or "tool.unfollow" => $"\"executionId\":\"{Execution}\"",
        "tool.input" => $"\"executionId\":\"{Execution}\",\"data\":\"x\"",
        "tool.resize" => $"\"executionId\":\"{Execution}\",\"cols\":80,\"rows\":24",
        "tool.signal" => $"\"executionId\":\"{Execution}\",\"signal\":\"SIGINT\"",
        "tool.take" => $"\"executionId\":\"{Execution}\"",
        "process.put" => $"\"name\":\"{Process}\",\"process\":{Definition}",
        "process.start" or "process.stop" or "process.restart" or "process.remove" => $"\"name\":\"{Process}\"",
        "typing" => "\"active\":true",
        "notices.dismiss" => "\"noticeId\":\"n_none\"",
        "auth.refresh" => $"\"token\":\"{caller.Token}\"",
        "session.open" or "session.close" or "session.reset" or "session.delete" or "ping" or "sessions.watch" or "sessions.unwatch" or "processes.watch" or "processes.unwatch" => "",
        _ => throw new ArgumentException($"How to try {command} is not known.", nameof(command)),
    };

    /// <summary>The address of a route about the session.</summary>
    public string Path(string route) =>
        route.Replace("{session}", Session, StringComparison.Ordinal)
            .Replace("{execution}", Execution, StringComparison.Ordinal)
            .Replace("{name}", Process, StringComparison.Ordinal)
            .Replace("{share}", Share, StringComparison.Ordinal)
            .Replace("{token}", Token, StringComparison.Ordinal)
            .Replace("{response}", Response, StringComparison.Ordinal)
            .Replace("{model}", "directive", StringComparison.Ordinal)
            .Replace("{id}", route.StartsWith("/v1/blobs/", StringComparison.Ordinal) ? Blob : $"{Session}:{Batch}", StringComparison.Ordinal)
        + (route.EndsWith("/files/content", StringComparison.Ordinal) ? $"?path={File}" : route == "/v1/search" ? $"?q={Secret}" : route.StartsWith("/v1/shared/", StringComparison.Ordinal) ? $"?execution={Execution}" : "");

    /// <summary>The address of an operation; what it changes is another file than what is read.</summary>
    public string Path(string method, string route) =>
        method is not ("PUT" or "DELETE") ? Path(route) : $"{Path(route).Split('?')[0]}?path={(method == "DELETE" ? Spare : $"new{Guid.NewGuid():N}")}";

    /// <summary>The body of a POST, and of a PUT of JSON.</summary>
    public string Body(string route, TestKey? caller) => route switch
    {
        "/v1/login" => $"{{\"key\":\"{caller?.Token}\"}}",
        "/v1/tools/execute" => $"{{\"tool\":\"computer\",\"arguments\":{{}},\"session\":\"{Session}\"}}",
        "/v1/sessions/{session}/commands" => "{\"type\":\"session.configure\",\"parameters\":{\"a\":1}}",
        "/v1/sessions/{session}/messages" => "{\"text\":\"hi\"}",
        "/v1/notices" => $"{{\"to\":{{\"session\":\"{Session}\"}},\"text\":\"x\"}}",
        "/v1/sessions/{session}/named-processes/{name}" => Definition,
        "/v1/processes/{id}/signal" => "{\"signal\":\"SIGTERM\"}",
        "/v1/client-errors" => "{\"message\":\"x\"}",
        "/openai/v1/responses" => $"{{\"model\":\"directive\",\"input\":\"hi\",\"metadata\":{{\"session\":\"{Session}\"}}}}",
        "/openai/v1/chat/completions" => $"{{\"model\":\"directive\",\"messages\":[{{\"role\":\"user\",\"content\":\"hi\"}}],\"metadata\":{{\"session\":\"{Session}\"}}}}",
        _ => "{}",
    };

    private static bool IsEnd(JsonElement happened, string reply) =>
        happened.GetProperty("type").GetString() == "conversation.state" && happened.GetProperty("messageId").GetString() == reply && happened.GetProperty("to").GetString() == "completed";
}
