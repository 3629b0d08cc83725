using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Jobs;

namespace ToolRuntime.Gateway.Http;

/// <summary>What <c>POST /v1/tools/execute</c> asks for.</summary>
internal sealed record ToolExecution(RunTools Command, string? Session, bool Wait)
{
    private static readonly string[] JobFields = ["priority", "delayMs", "startAt", "webhook"];

    /// <summary>Reads the body; null where it is not as it should be.</summary>
    public static ToolExecution? TryRead(byte[] json, out string problem)
    {
        if (!CommandEnvelope.TryReadObject(json, out var fields, out var unreadable))
        {
            problem = unreadable;
            return null;
        }

        using var document = JsonDocument.Parse(json);
        var body = document.RootElement;
        problem = Check(body, fields.Session);
        if (problem.Length > 0) return null;
        int? timeout = body.TryGetProperty("timeoutMs", out var milliseconds) ? milliseconds.GetInt32() : null;
        var call = new ToolInvocation(body.GetProperty("tool").GetString()!, JsonText.From(body.GetProperty("arguments")), null, timeout);
        JobRequest? job = null;
        if (IsAsync(body) && !TryReadJob(body, out job, out problem)) return null;
        return new(new RunTools([call], Job: job), fields.Session, !IsAsync(body));
    }

    /// <summary>What a job is asked for is in the body's own fields.</summary>
    private static bool TryReadJob(JsonElement body, out JobRequest? job, out string problem)
    {
        var asked = JsonText.Object(writer =>
        {
            foreach (var member in body.EnumerateObject().Where(member => JobFields.Contains(member.Name))) member.WriteTo(writer);
        });
        (job, problem) = (null, "");
        try
        {
            job = JsonSerializer.Deserialize(asked.Json, WireJsonContext.Default.JobRequest)!;
        }
        catch (JsonException exception)
        {
            problem = exception.Path is { Length: > 2 } path ? $"The field {path[2..]} is malformed." : "The field webhook is malformed.";
        }

        return job is not null;
    }

    private static string Check(JsonElement body, string? session)
    {
        if (!CommandFields.TryGetString(body, "tool", out _)) return "The field tool is missing or malformed.";
        if (!body.TryGetProperty("arguments", out _)) return "The field arguments is missing.";
        if (body.TryGetProperty("timeoutMs", out var timeout) && !(timeout.ValueKind == JsonValueKind.Number && timeout.TryGetInt32(out _)))
        {
            return "The field timeoutMs is malformed.";
        }

        if (body.TryGetProperty("mode", out var mode) && !(mode.ValueKind == JsonValueKind.String && mode.GetString() is "sync" or "async"))
        {
            return "The field mode is neither sync nor async.";
        }

        if (!IsAsync(body) && JobFields.FirstOrDefault(name => body.TryGetProperty(name, out _)) is { } field) return $"The field {field} needs the mode async.";
        return body.TryGetProperty("session", out _) && !EntityId.IsValid(session) ? "The field session is not usable." : "";
    }

    private static bool IsAsync(JsonElement body) => body.TryGetProperty("mode", out var mode) && mode.ValueEquals("async"u8);
}
