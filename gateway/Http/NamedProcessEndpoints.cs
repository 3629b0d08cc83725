using System.Text;
using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary><c>/v1/sessions/{session}/named-processes</c>: the session's named processes, and the commands about them as addresses.</summary>
internal sealed class NamedProcessEndpoints(HttpCommands commands, SessionCalls calls, ConnectionOptions limits)
{
    private static readonly Rejection Missing = new(ErrorCode.NotFound, "There is no such process.");

    /// <summary>All of them, in order of definition.</summary>
    public async Task ListAsync(HttpContext context, string session) => await HttpJson.WriteReplyAsync(context, await ReadAsync(context, session));

    /// <summary>One of them.</summary>
    public async Task GetAsync(HttpContext context, string session, string name)
    {
        var read = await ReadAsync(context, session);
        if (read.Error is null)
        {
            var found = read.Value.ToElement().GetProperty("processes").EnumerateArray().FirstOrDefault(process => process.GetProperty("name").GetString() == name);
            read = found.ValueKind == JsonValueKind.Object ? new(JsonText.From(found), null) : new(default, Missing);
        }

        await HttpJson.WriteReplyAsync(context, read);
    }

    /// <summary>The body is the definition; with <c>start=true</c> it is started too.</summary>
    public async Task PutAsync(HttpContext context, string session, string name)
    {
        var body = await RequestBody.ReadAsync(context, limits);
        var refusal = body.Error ?? (CommandEnvelope.TryReadObject(body.Value, out _, out var problem) ? null : new(ErrorCode.InvalidCommand, problem));
        var parsed = refusal is null ? Parse(name, body.Value!, context.Request.Query["start"] == "true") : new(null, refusal);
        if (parsed.Value is { } put) await CommandAsync(context, session, put);
        else await HttpErrors.WriteAsync(context, parsed.Error!);
    }

    /// <summary>A command about it.</summary>
    public async Task CommandAsync(HttpContext context, string session, SessionCommand command)
    {
        var key = RequestBody.CommandId(context);
        var reply = !EntityId.IsValid(session) ? new(default, new(ErrorCode.InvalidCommand, "The session's id is not usable."))
            : key is null ? new(default, RequestBody.UnusableKey)
            : await commands.ExecuteAsync(context, session, key, command);
        await HttpJson.WriteReplyAsync(context, reply);
    }

    private Task<SessionReply<JsonText>> ReadAsync(HttpContext context, string session) => EntityId.IsValid(session)
        ? calls.GetProcessesAsync(Identity.Of(context), session, context.RequestAborted)
        : Task.FromResult(new SessionReply<JsonText>(default, new(ErrorCode.InvalidCommand, "The session's id is not usable.")));

    /// <summary>As the command would be read, so that what is wrong is said in the same words.</summary>
    private static SessionReply<SessionCommand> Parse(string name, byte[] definition, bool start)
    {
        var command = JsonText.Object(json =>
        {
            json.WriteString("type", "process.put");
            json.WriteString("name", name);
            json.WritePropertyName("process");
            json.WriteRawValue(definition, skipInputValidation: true);
            if (start) json.WriteBoolean("start", true);
        });
        return CommandParser.Parse(new CommandEnvelope("", "process.put", null, Encoding.UTF8.GetBytes(command.Json)));
    }
}

/// <summary>Their addresses.</summary>
internal static class NamedProcessRoutes
{
    private const string All = "/v1/sessions/{session}/named-processes";

    public static void MapNamedProcesses(this IEndpointRouteBuilder app)
    {
        app.MapGet(All, (HttpContext context, NamedProcessEndpoints processes, string session) => processes.ListAsync(context, session)).RequireScope(Scope.SessionsRead);
        app.MapGet($"{All}/{{name}}", (HttpContext context, NamedProcessEndpoints processes, string session, string name) => processes.GetAsync(context, session, name)).RequireScope(Scope.SessionsRead);
        app.MapPut($"{All}/{{name}}", (HttpContext context, NamedProcessEndpoints processes, string session, string name) => processes.PutAsync(context, session, name));
        app.MapDelete($"{All}/{{name}}", (HttpContext context, NamedProcessEndpoints processes, string session, string name) => processes.CommandAsync(context, session, new RemoveProcess(name)));
        app.MapPost($"{All}/{{name}}/start", (HttpContext context, NamedProcessEndpoints processes, string session, string name) => processes.CommandAsync(context, session, new StartProcess(name)));
        app.MapPost($"{All}/{{name}}/stop", (HttpContext context, NamedProcessEndpoints processes, string session, string name) => processes.CommandAsync(context, session, new StopProcess(name)));
        app.MapPost($"{All}/{{name}}/restart", (HttpContext context, NamedProcessEndpoints processes, string session, string name) => processes.CommandAsync(context, session, new RestartProcess(name)));
    }
}
