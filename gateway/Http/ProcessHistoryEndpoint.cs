using System.Globalization;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Processes;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Processes;
using ToolRuntime.Processes.History;

namespace ToolRuntime.Gateway.Http;

/// <summary>
/// <c>GET /v1/processes/history?from=&amp;to=&amp;step=&amp;session=&amp;top=</c>: what the processes of tools took over a time, all together and those that took most each by itself,
/// with ends and restarts; of sessions that the caller may read.
/// </summary>
internal sealed class ProcessHistoryEndpoint(ProcessSilos silos, IOptions<ProcessHistoryOptions> options, TimeProvider time)
{
    private const int UsualTop = 10;
    private const int MaxTop = 50;

    public async Task GetAsync(HttpContext context)
    {
        var (identity, given) = (Identity.Of(context), context.Request.Query);
        var (steps, top, error) = Read(given);
        if (error is not null)
        {
            await HttpErrors.WriteAsync(context, error);
            return;
        }

        var session = given["session"].FirstOrDefault();
        var found = await silos.ListUseAsync(identity, steps!.From, steps.Until, session, context.RequestAborted);
        if (found.Value is not { } known)
        {
            await HttpErrors.WriteAsync(context, found.Error!);
            return;
        }

        var shown = known.Uses.Top(top);
        var whole = identity.AllSessions && session is null;
        var asked = new UseQuery(
            identity.Tenant, steps.From, steps.Count, steps.Seconds, whole ? null : [.. known.Uses.Executions.Select(KnownUses.NameOf)], [.. shown.Select(KnownUses.NameOf)]);
        var read = await silos.ReadUseAsync(asked, context.RequestAborted);
        if (read.Value is not { } curves)
        {
            await HttpErrors.WriteAsync(context, read.Error!);
            return;
        }

        var answer = new ProcessHistoryAnswer(steps, known.Uses, shown, curves, whole)
        {
            Missing = Math.Max(known.Silent, curves.Silent),
            Dropped = whole ? known.Dropped : 0,
        };
        await HttpJson.WriteAsync(context, answer.Write);
    }

    private (HistorySteps? Steps, int Top, Rejection? Error) Read(IQueryCollection given)
    {
        var top = UsualTop;
        if (given["top"].FirstOrDefault() is { } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out top) || top is < 1 or > MaxTop))
        {
            return (null, 0, new(ErrorCode.InvalidCommand, $"top is no number from 1 to {MaxTop}."));
        }

        // Of each measure so many, and each of them has three curves.
        var series = UseSeries.All.Length + (3 * top * UseSeries.OfExecution);
        var (steps, error) = HistorySteps.Read(given, time, options.Value.StepSeconds, options.Value.KeepHours, series);
        return (steps, top, error);
    }
}
