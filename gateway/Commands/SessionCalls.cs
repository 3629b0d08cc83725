using System.Collections.Immutable;
using System.Diagnostics;
using ToolRuntime.Blobs;
using ToolRuntime.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Jobs;
using ToolRuntime.Metrics;
using ToolRuntime.Models;
using ToolRuntime.Sessions;
using ToolRuntime.Statistics;
using ToolRuntime.Tools;
using ToolRuntime.Tracing;
using ToolRuntime.Usage;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Gateway.Commands;

/// <summary>Calls to grains on behalf of clients, repeated within the command's budget.</summary>
internal sealed class SessionCalls(IClusterClient cluster, CommandRetry retry)
{
    /// <summary>
    /// The one way of commands to their session: what the identity may not do goes no further. The command is part of the caller's trace where it names one.
    /// </summary>
    public Task<SessionReply<JsonText>> ExecuteAsync(
        Identity identity, string session, string id, SessionCommand command, string? traceparent, CancellationToken cancellationToken)
    {
        if (CommandScopes.Refuse(identity, command) is { } refusal) return Task.FromResult(new SessionReply<JsonText>(default, refusal));
        return traceparent is null && !TraceContext.Source.HasListeners()
            ? CallAsync(identity, session, id, command, trace: null, cancellationToken)
            : ExecuteTracedAsync(identity, session, id, command, traceparent, cancellationToken);
    }

    public Task<SessionReply<JsonText>> GetExecutionAsync(Identity identity, string session, string executionId, CancellationToken cancellationToken) =>
        retry.RunAsync(() => Grain(identity, session).GetExecutionAsync(executionId, identity.Caller), identity.Key(session), null, cancellationToken);

    /// <summary>A snapshot that holds one batch.</summary>
    public Task<SessionReply<SessionSnapshot>> GetBatchAsync(Identity identity, string session, string batchId, CancellationToken cancellationToken) =>
        retry.RunAsync(() => Grain(identity, session).GetBatchAsync(batchId, identity.Caller), identity.Key(session), null, cancellationToken);

    /// <summary>How far the telling of a job's end is; null where there is none, or nothing is known of it. Whoever asks may read the job.</summary>
    public Task<SessionReply<WebhookDelivery?>> GetWebhookAsync(Identity identity, string session, string batchId, CancellationToken cancellationToken) => retry.RunAsync(
        async () => new SessionReply<WebhookDelivery?>(await cluster.GetGrain<IWebhookGrain>(identity.Key(session).Child(batchId)).GetAsync(), null),
        identity.Key(session),
        null,
        cancellationToken);

    public Task<SessionReply<FolderListing>> ListFilesAsync(Identity identity, string session, string path, bool recursive, int limit, CancellationToken cancellationToken) =>
        retry.RunAsync(() => Grain(identity, session).ListFilesAsync(path, recursive, limit, identity.Caller), identity.Key(session), null, cancellationToken);

    /// <summary>A part of a file, from wherever the session is.</summary>
    public Task<SessionReply<FileChunk>> ReadFileAsync(
        Identity identity, string session, string path, long offset, int count, string? tag, CancellationToken cancellationToken) =>
        retry.RunAsync(() => Grain(identity, session).ReadFileAsync(path, offset, count, tag, identity.Caller), identity.Key(session), null, cancellationToken);

    /// <summary>A part of a file, to wherever the session is.</summary>
    public Task<SessionReply<WrittenFile>> WriteFileAsync(Identity identity, string session, FilePart part, CancellationToken cancellationToken) =>
        retry.RunAsync(() => Grain(identity, session).WriteFileAsync(part, identity.Caller), identity.Key(session), null, cancellationToken);

    public Task<SessionReply<WrittenFile>> MakeFolderAsync(Identity identity, string session, string path, CancellationToken cancellationToken) =>
        retry.RunAsync(() => Grain(identity, session).MakeFolderAsync(path, identity.Caller), identity.Key(session), null, cancellationToken);

    public Task<SessionReply<WrittenFile>> DeleteFileAsync(
        Identity identity, string session, string path, bool recursive, FileCondition condition, CancellationToken cancellationToken) =>
        retry.RunAsync(() => Grain(identity, session).DeleteFileAsync(path, recursive, condition, identity.Caller), identity.Key(session), null, cancellationToken);

    public Task<SessionReply<JsonText>> GetProcessesAsync(Identity identity, string session, CancellationToken cancellationToken) =>
        retry.RunAsync(() => Grain(identity, session).GetProcessesAsync(identity.Caller), identity.Key(session), null, cancellationToken);

    /// <summary>How tools' calls went in a session.</summary>
    public Task<SessionReply<StatisticsReport>> GetStatisticsAsync(
        Identity identity, string session, StatisticsWindow window, string? tool, CancellationToken cancellationToken) =>
        retry.RunAsync(() => Grain(identity, session).GetStatisticsAsync(window, tool, identity.Caller), identity.Key(session), null, cancellationToken);

    /// <summary>The same in the tenant.</summary>
    public Task<SessionReply<StatisticsReport>> GetStatisticsAsync(Identity identity, StatisticsWindow window, string? tool, CancellationToken cancellationToken) =>
        retry.RunAsync(async () => new SessionReply<StatisticsReport>(await cluster.GetGrain<IStatisticsGrain>(identity.Tenant).GetAsync(window, tool), null), cancellationToken);

    /// <summary>What the silos remember of their metrics.</summary>
    public Task<SessionReply<MetricAnswers>> GetMetricsAsync(MetricQuery query, CancellationToken cancellationToken) =>
        retry.RunAsync(async () => new SessionReply<MetricAnswers>(await cluster.GetGrain<IMetricHistoryGrain>("all").GetAsync(query), null), cancellationToken);

    /// <summary>A part of a blob, from wherever its session is.</summary>
    public Task<SessionReply<BlobChunk>> ReadBlobAsync(Identity identity, BlobId blob, long offset, int count, CancellationToken cancellationToken) =>
        retry.RunAsync(() => Grain(identity, blob.Session).ReadBlobAsync(blob, offset, count, identity.Caller), identity.Key(blob.Session), null, cancellationToken);

    /// <summary>One attempt; the caller repeats.</summary>
    public Task<SessionReply<SessionSnapshot>> OpenOnceAsync(Identity identity, string session) => Grain(identity, session).OpenAsync(identity.Caller);

    /// <summary>The same of one execution.</summary>
    public Task<SessionReply<SessionSnapshot>> FollowOnceAsync(Identity identity, string session, string executionId) => Grain(identity, session).GetExecutionViewAsync(executionId, identity.Caller);

    public Task<SessionReply<ImmutableArray<ToolDescriptor>>> ListToolsAsync(CancellationToken cancellationToken) =>
        retry.RunAsync(async () => new SessionReply<ImmutableArray<ToolDescriptor>>(await cluster.GetGrain<IToolCatalogGrain>("tools").ListAsync(), null), cancellationToken);

    /// <summary>The model of messages that name none, in sessions that name none.</summary>
    public Task<SessionReply<string>> GetDefaultModelAsync(CancellationToken cancellationToken) =>
        retry.RunAsync(async () => new SessionReply<string>(await cluster.GetGrain<IToolCatalogGrain>("tools").GetDefaultModelAsync(), null), cancellationToken);

    public Task<SessionReply<UsageStatement>> GetUsageAsync(UsageKey account, CancellationToken cancellationToken) =>
        retry.RunAsync(async () => new SessionReply<UsageStatement>(await cluster.GetGrain<IUsageGrain>(account.ToString()).GetAsync(), null), cancellationToken);

    /// <summary>The models to choose from.</summary>
    public Task<SessionReply<ImmutableArray<OfferedModel>>> ListModelsAsync(CancellationToken cancellationToken) =>
        retry.RunAsync(async () => new SessionReply<ImmutableArray<OfferedModel>>(await cluster.GetGrain<IToolCatalogGrain>("tools").ListModelsAsync(), null), cancellationToken);

    private Task<SessionReply<JsonText>> CallAsync(
        Identity identity, string session, string id, SessionCommand command, string? trace, CancellationToken cancellationToken) =>
        retry.RunAsync(() => Grain(identity, session).ExecuteAsync(id, command, identity.Caller), identity.Key(session), trace, cancellationToken);

    private async Task<SessionReply<JsonText>> ExecuteTracedAsync(
        Identity identity, string session, string id, SessionCommand command, string? traceparent, CancellationToken cancellationToken)
    {
        using var activity = TraceContext.Start("command", ActivityKind.Server, traceparent);
        activity?.SetTag("toolruntime.command", CommandParser.NameOf(command)).SetTag("toolruntime.session", session);
        var trace = activity?.Id ?? TraceContext.Normalize(traceparent);
        if (trace is not null) RequestContext.Set(TraceContext.Key, trace);
        var reply = await CallAsync(identity, session, id, command, trace, cancellationToken);
        if (reply.Error is { } refusal) activity?.SetStatus(ActivityStatusCode.Error, refusal.Code.ToString());
        return reply;
    }

    private ISessionGrain Grain(Identity identity, string session) => cluster.GetGrain<ISessionGrain>(identity.Key(session).ToString());
}
