using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.Hosting;
using ToolRuntime.Search;
using ToolRuntime.Sessions;
using ToolRuntime.Tools;

namespace ToolRuntime.Named;

/// <summary>The session's named processes for models: an agent starts a server, goes on, and looks at it later.</summary>
internal sealed class ProcessTool(IGrainFactory grains) : ITool
{
    private const int UsualLines = 100;

    public ToolDescriptor Descriptor { get; } = new()
    {
        Name = "process",
        Description = "Starts, stops and looks at named processes of the session, such as a development server. They go on running after the call; start answers at once. "
            + "Start with a command defines the process first.",
        Parameters = new($$"""
            {
              "type": "object",
              "properties": {
                "action": { "type": "string", "enum": ["list", "start", "stop", "restart", "status", "logs"], "description": "What to do; logs gives the newest lines that it printed." },
                "name": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", "description": "The process; for every action but list." },
                "command": { "type": "string", "minLength": 1, "maxLength": {{NamedRules.MaxCommand}}, "description": "With start: the command line that it is from now on." },
                "workingDirectory": { "type": "string", "description": "With command: a folder of the workspace." },
                "restart": { "type": "string", "enum": ["never", "on_failure", "always"], "description": "With command: when it is run again after it has ended; never if left out." },
                "readyPattern": { "type": "string", "minLength": 1, "maxLength": {{NamedRules.MaxPattern}}, "description": "With command: it is ready when a line that it prints matches this regular expression." },
                "lines": { "type": "integer", "minimum": 1, "maximum": 1000, "description": "How many lines of logs; {{UsualLines}} if left out." }
              },
              "required": ["action"],
              "additionalProperties": false
            }
            """),
        Idempotency = Idempotency.Yes,
        EstimatedMs = 100,
    };

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        var (action, name) = (Text(call, "action")!, Text(call, "name"));
        if (action != "list" && name is null) return Failure(ToolErrorCodes.InvalidArguments, "Which process? name is missing.");
        var session = grains.ReferenceTo<ISessionGrain>(context.Session.ToString());
        var caller = new Caller(context.Subject ?? "model", AllSessions: true);
        if (Command(call, action, name) is { } command)
        {
            var reply = await session.ExecuteAsync($"tool-{context.ExecutionId}", command, caller);
            if (reply.Error is { } refusal) return Failure(JsonNamingPolicy.SnakeCaseLower.ConvertName(refusal.Code.ToString()), refusal.Message, refusal.Retryable);
        }

        var all = await session.GetProcessesAsync(caller);
        if (all.Error is { } unreadable) return Failure(JsonNamingPolicy.SnakeCaseLower.ConvertName(unreadable.Code.ToString()), unreadable.Message, unreadable.Retryable);
        if (action == "list") return ToolResult.Success(all.Value, "listed");
        var process = all.Value.ToElement().GetProperty("processes").EnumerateArray().FirstOrDefault(process => process.GetProperty("name").GetString() == name);
        if (process.ValueKind != JsonValueKind.Object) return Failure("not_found", $"There is no process '{name}'.");
        var state = process.GetProperty("state").GetString()!;
        return action == "logs" ? await LogsAsync(session, process, state, Lines(call), caller) : ToolResult.Success(JsonText.From(process), $"{name} is {state}");
    }

    private static SessionCommand? Command(ToolCall call, string action, string? name) => action switch
    {
        "start" when Text(call, "command") is { } line => new PutProcess(name!, new(line, Text(call, "workingDirectory"))
        {
            Restart = Text(call, "restart") switch { "always" => new(NamedRestartPolicy.Always), "on_failure" => new(NamedRestartPolicy.OnFailure), _ => null },
            Ready = Text(call, "readyPattern") is { } pattern ? new(pattern) : null,
        }, Start: true),
        "start" => new StartProcess(name!),
        "stop" => new StopProcess(name!),
        "restart" => new RestartProcess(name!),
        _ => null,
    };

    private static async Task<ToolResult> LogsAsync(ISessionGrain session, JsonElement process, string state, int lines, Caller caller)
    {
        var run = process.TryGetProperty("run", out var id) ? await session.GetExecutionAsync(id.GetString()!, caller) : new(default, null);
        var output = run.Error is null && run.Value.Json is not null ? run.Value.ToElement().GetProperty("output") : default;
        var result = JsonText.Object(json =>
        {
            json.WriteString("state", state);
            foreach (var stream in (string[])["stdout", "stderr", "terminal"])
            {
                if (output.ValueKind == JsonValueKind.Object && output.TryGetProperty(stream, out var printed)) json.WriteString(stream, Newest(printed.GetProperty("text").GetString()!, lines));
            }
        });
        return ToolResult.Success(result, $"{process.GetProperty("name").GetString()} is {state}");
    }

    private static string Newest(string text, int lines)
    {
        var at = text.EndsWith('\n') ? text.Length - 1 : text.Length;
        for (var i = 0; i < lines && at > 0; i++) at = text.LastIndexOf('\n', at - 1) is var end and >= 0 ? end : 0;
        return PlainText.Of(at == 0 ? text : text[(at + 1)..]);
    }

    private static string? Text(ToolCall call, string name) => call.Arguments.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int Lines(ToolCall call) => call.Arguments.TryGetProperty("lines", out var value) ? (int)value.GetDouble() : UsualLines;

    private static ToolResult Failure(string code, string message, bool retryable = false) => ToolResult.Failure(new(code, message, retryable));
}
