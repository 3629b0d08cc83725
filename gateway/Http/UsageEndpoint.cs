using System.Globalization;
using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Sessions;
using ToolRuntime.Usage;

namespace ToolRuntime.Gateway.Http;

/// <summary>
/// <c>GET /v1/usage?from=&amp;to=&amp;tool=&amp;user=</c>: what tools' calls used, by day and tool. One's own, or with <c>usage:read</c>
/// another user's or (<c>*</c>) the tenant's.
/// </summary>
internal sealed class UsageEndpoint(SessionCalls calls, TimeProvider time)
{
    private const string Everybody = "*";
    private const int MaxDays = 400;

    public async Task GetAsync(HttpContext context)
    {
        var identity = Identity.Of(context);
        var asked = UsageQuery.Read(context.Request.Query, identity.Subject, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        var refusal = asked.Error ?? Refuse(identity, asked.Value!.User);
        var read = refusal is not null ? new(null, refusal) : await ReadAsync(identity.Tenant, asked.Value!, context.RequestAborted);
        if (read.Value is not { } statements)
        {
            await HttpErrors.WriteAsync(context, read.Error!);
            return;
        }

        var query = asked.Value!;
        var rows = statements.SelectMany(statement => statement.Rows).Where(query.Covers).ToList();
        var quotas = statements.SelectMany(statement => statement.Quotas)
            .Where(quota => query.Tool is null || quota.Tool is null || quota.Tool == query.Tool);
        await HttpJson.WriteAsync(context, writer => Write(writer, query, rows, quotas));
    }

    private static Rejection? Refuse(Identity identity, string user) =>
        identity.Has(Scope.UsageRead) ? null : Scopes.Refuse(identity, user == identity.Subject ? Scope.SessionsRead : Scope.UsageRead);

    private async Task<SessionReply<UsageStatement[]?>> ReadAsync(string tenant, UsageQuery query, CancellationToken cancellationToken)
    {
        var subject = query.User == Everybody ? null : query.User;
        List<Task<SessionReply<UsageStatement>>> asked = [];
        for (var month = UsageKey.FirstOf(query.From); month <= query.To; month = month.AddMonths(1))
        {
            asked.Add(calls.GetUsageAsync(new(tenant, month, subject), cancellationToken));
        }

        var replies = await Task.WhenAll(asked);
        return Array.Find(replies, reply => reply.Error is not null) is { Error: { } error }
            ? new(null, error)
            : new([.. replies.Select(reply => reply.Value!)], null);
    }

    private static void Write(Utf8JsonWriter writer, UsageQuery query, List<UsageRow> rows, IEnumerable<QuotaStanding> quotas)
    {
        writer.WriteString("from", Text(query.From));
        writer.WriteString("to", Text(query.To));
        writer.WriteString("user", query.User);
        writer.WriteStartObject("total");
        Write(writer, rows.Aggregate(UsageFigures.None, (sum, row) => sum + row.Figures));
        writer.WriteEndObject();
        writer.WriteStartArray("rows");
        foreach (var row in rows)
        {
            writer.WriteStartObject();
            writer.WriteString("day", Text(row.Day));
            writer.WriteString("tool", row.Tool);
            Write(writer, row.Figures);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("quotas");
        foreach (var quota in quotas) Write(writer, quota);
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, UsageFigures used)
    {
        writer.WriteNumber("calls", used.Calls);
        writer.WriteNumber("retries", used.Retries);
        writer.WriteNumber("failures", used.Failures);
        writer.WriteNumber("cached", used.Cached);
        writer.WriteNumber("seconds", used.Milliseconds / 1_000m);
        writer.WriteNumber("outputBytes", used.OutputBytes);
        writer.WriteNumber("publishedBytes", used.PublishedBytes);
        writer.WriteNumber("money", used.Money);
        writer.WriteNumber("apiCalls", used.ApiCalls);
        writer.WriteNumber("cpuMs", used.CpuMs);
        writer.WriteNumber("peakMemoryBytes", used.PeakMemoryBytes);
        writer.WriteNumber("largestPeakBytes", used.LargestPeakBytes);
        writer.WriteNumber("bytesIn", used.BytesIn);
        writer.WriteNumber("bytesOut", used.BytesOut);
    }

    private static void Write(Utf8JsonWriter writer, QuotaStanding quota)
    {
        writer.WriteStartObject();
        writer.WriteString("scope", quota.Scope);
        if (quota.Tool is not null) writer.WriteString("tool", quota.Tool);
        writer.WriteString("measure", quota.Measure);
        writer.WriteString("period", quota.Period);
        writer.WriteNumber("limit", quota.Limit);
        writer.WriteNumber("used", quota.Used);
        writer.WriteString("until", quota.Until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        writer.WriteEndObject();
    }

    private static string Text(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>What is asked for; both days count.</summary>
    private sealed record UsageQuery(DateOnly From, DateOnly To, string? Tool, string User)
    {
        // There is no month after it.
        private static readonly DateOnly LastMonth = UsageKey.FirstOf(DateOnly.MaxValue);

        public static SessionReply<UsageQuery?> Read(IQueryCollection query, string subject, DateOnly today)
        {
            if (!TryRead(query["to"], today, out var to) || !TryRead(query["from"], UsageKey.FirstOf(to), out var from) || to >= LastMonth)
            {
                return Wrong("from and to are days such as 2026-11-28.");
            }

            if (from > to || to.DayNumber - from.DayNumber >= MaxDays)
            {
                return Wrong($"from is after to, or they are {MaxDays} days apart or more.");
            }

            var (tool, user) = (query["tool"].FirstOrDefault(), query["user"].FirstOrDefault());
            return new(new(from, to, tool is { Length: > 0 } ? tool : null, user is { Length: > 0 } ? user : subject), null);
        }

        public bool Covers(UsageRow row) => row.Day >= From && row.Day <= To && (Tool is null || row.Tool == Tool);

        private static bool TryRead(string? text, DateOnly usual, out DateOnly day)
        {
            day = usual;
            return string.IsNullOrEmpty(text)
                || DateOnly.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
        }

        private static SessionReply<UsageQuery?> Wrong(string message) => new(null, new(ErrorCode.InvalidCommand, message));
    }
}
