using System.Text.Json;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Processes;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Processes;
using ToolRuntime.Tools;

namespace ToolRuntime.Gateway.Http;

/// <summary>
/// <c>GET /v1/processes?host=&amp;session=</c>: the processes that tools have started, or all of the silos' hosts; as <c>text/event-stream</c> what
/// <c>processes.watch</c> tells. <c>POST /v1/processes/{id}/signal</c>.
/// </summary>
internal sealed class ProcessEndpoints(ProcessSilos silos, ProcessStream stream, ConnectionOptions limits)
{
    private const int MostBytes = 1_024;

    public async Task ListAsync(HttpContext context)
    {
        var (identity, query) = (Identity.Of(context), context.Request.Query);
        var (host, session) = (query["host"].FirstOrDefault(), query["session"].FirstOrDefault());
        var refusal = host is null or "true" or "false" ? null : new Rejection(ErrorCode.InvalidCommand, "host is neither true nor false.");
        if ((refusal ?? (host == "true" ? Scopes.Refuse(identity, Scope.HostProcesses) : null)) is { } refused)
        {
            await HttpErrors.WriteAsync(context, refused);
            return;
        }

        if (context.Request.Headers.Accept.Any(accepted => accepted?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) == true)) await stream.RunAsync(context, host == "true");
        else await ListAsync(context, identity, host == "true", session);
    }

    public async Task SignalAsync(HttpContext context, string id)
    {
        var body = await RequestBody.ReadAsync(context, limits, MostBytes);
        var (signal, problem) = body.Value is { } json ? Read(json) : (null, body.Error);
        var process = ProcessId.Parse(id);
        var refusal = problem ?? (process is null ? new(ErrorCode.NotFound, "There is no such process; it may have ended.") : null);
        refusal ??= await silos.SignalAsync(Identity.Of(context), process!.Value, signal!, context.RequestAborted);
        await (refusal is null ? HttpJson.WriteAsync(context, writer => writer.WriteString("sent", signal)) : HttpErrors.WriteAsync(context, refusal));
    }

    private async Task ListAsync(HttpContext context, Identity identity, bool host, string? session)
    {
        var found = await silos.ListAsync(ProcessQuery.From(identity.Tenant, host), context.RequestAborted);
        if (found.Value is not { } answers)
        {
            await HttpErrors.WriteAsync(context, found.Error!);
            return;
        }

        var seen = new List<(SiloProcesses Silo, ProcessInfo Process, bool MayRestart)>();
        foreach (var silo in answers.Silos)
        {
            foreach (var process in silo.Processes)
            {
                if (session is not null && (process.Owner?.Session != session || process.Owner.Tenant != identity.Tenant)) continue;
                if (!await silos.MaySeeAsync(identity, process, host, context.RequestAborted)) continue;
                seen.Add((silo, process, await silos.MayRestartAsync(identity, process, context.RequestAborted)));
            }
        }

        await HttpJson.WriteAsync(context, writer =>
        {
            if (answers.Silent > 0) writer.WriteNumber("silent", answers.Silent);
            writer.WriteStartArray("processes");
            foreach (var (silo, process, mayRestart) in seen)
            {
                ProcessJson.Write(writer, new(silo.Silo, process.Pid, process.Start), silo.Host, process, identity.Tenant, mayRestart);
            }

            writer.WriteEndArray();
        });
    }

    private static (string? Signal, Rejection? Problem) Read(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var signal = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("signal", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
            if (signal is not null && TerminalSignals.Names.Contains(signal)) return (signal, null);
        }
        catch (JsonException)
        {
            // said below
        }

        return (null, new(ErrorCode.InvalidCommand, $"The body is no object whose signal is one of {string.Join(", ", TerminalSignals.Names)}."));
    }
}
