using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Projections;
using ToolRuntime.Gateway.Recordings;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Gateway.Sharing;
using ToolRuntime.Gateway.Telemetry;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Gateway.Http;

/// <summary>Every address of the server but the page's.</summary>
internal static class ApiRoutes
{
    /// <summary>Methods of what proxies and probes look at.</summary>
    public static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    public static IServiceCollection AddApi(this IServiceCollection services) => services
        .AddSingleton<Readiness>().AddSingleton<HealthEndpoints>().AddSingleton<ToolEndpoints>().AddSingleton<ModelEndpoints>().AddSingleton<SessionEndpoints>().AddSingleton<HttpCommands>()
        .AddSingleton<CommandEndpoints>().AddSingleton<MessageEndpoints>().AddSingleton<MessagePages>().AddSingleton<LoginEndpoints>().AddSingleton<EventStreams>().AddSingleton<EventEndpoints>()
        .AddSingleton<ExecuteEndpoint>().AddSingleton<FileEndpoints>().AddSingleton<FileEditEndpoints>().AddSingleton<BlobEndpoints>().AddSingleton<JobEndpoints>().AddSingleton<JobListEndpoint>()
        .AddSingleton<OpenStreams>().AddSingleton<OpenConnections>().AddSingleton<ConnectionEndpoints>().AddSingleton<ClientErrorEndpoint>()
        .AddSingleton<UsageEndpoint>().AddSingleton<StatisticsEndpoint>().AddSingleton<MetricHistoryEndpoint>().AddSingleton<SearchEndpoint>().AddSingleton<RecordingEndpoint>()
        .AddSingleton<NamedProcessEndpoints>().AddSingleton<NoticeEndpoints>().AddSingleton<StreamMeasures>().AddSingleton<WatchStream>()
        .AddSingleton<ProcessEndpoints>().AddSingleton<ProcessStream>().AddSingleton<ProcessHistoryEndpoint>()
        .AddProjections();

    public static void MapApi(this IEndpointRouteBuilder app)
    {
        // Measuring begins before the first request.
        foreach (var type in (Type[])[typeof(ConnectionMetrics), typeof(FeedMetrics), typeof(DeliveryMetrics), typeof(CommandMetrics), typeof(ClientErrorEndpoint)]) app.ServiceProvider.GetRequiredService(type);
        app.MapMethods(Readiness.LivePath, ReadMethods, Readiness.LiveAsync).AllowAnybody();
        app.MapMethods(Readiness.ReadyPath, ReadMethods, (HttpContext context, HealthEndpoints health) => health.ReadyAsync(context)).AllowAnybody();
        app.MapMetrics();
        app.Map("/v1/ws", (HttpContext context, WebSocketEndpoint endpoint) => endpoint.HandleAsync(context)).AnswerHandshakes();
        app.MapPost("/v1/login", (HttpContext context, LoginEndpoints login) => login.SignInAsync(context)).AllowAnybody();
        app.MapPost("/v1/logout", (HttpContext context, LoginEndpoints login) => login.SignOutAsync(context)).AllowAnybody();
        app.MapGet("/v1/openapi.json", OpenApiDocument.WriteAsync);
        app.MapGet("/v1/tools", (HttpContext context, ToolEndpoints tools) => tools.ListAsync(context));
        app.MapGet("/v1/tools/schemas", (HttpContext context, ToolEndpoints tools) => tools.ListAsync(context));
        app.MapGet("/v1/models", (HttpContext context, ModelEndpoints models) => models.ListAsync(context)).RequireScope(Scope.SessionsRead);
        app.MapPost("/v1/tools/execute", (HttpContext context, ExecuteEndpoint execute) => execute.ExecuteAsync(context));
        app.MapGet("/v1/jobs", (HttpContext context, JobListEndpoint jobs) => jobs.ListAsync(context)).RequireScope(Scope.SessionsRead);
        app.MapGet("/v1/jobs/{id}", (HttpContext context, JobEndpoints jobs, string id) => jobs.GetAsync(context, id)).RequireScope(Scope.SessionsRead);
        app.MapGet("/v1/jobs/{id}/events", (HttpContext context, JobEndpoints jobs, string id) => jobs.StreamAsync(context, id)).RequireScope(Scope.SessionsRead);
        app.MapPost("/v1/jobs/{id}/cancel", (HttpContext context, JobEndpoints jobs, string id) => jobs.CancelAsync(context, id));
        app.MapGet("/v1/sessions", (HttpContext context, SessionEndpoints sessions) => sessions.ListAsync(context)).RequireScope(Scope.SessionsRead);
        app.MapGet("/v1/sessions/{session}", (HttpContext context, SessionEndpoints sessions, string session) => sessions.GetAsync(context, session)).RequireScope(Scope.SessionsRead);
        app.MapPost("/v1/sessions/{session}/commands", (HttpContext context, CommandEndpoints commands, string session) => commands.ExecuteAsync(context, session));
        app.MapGet("/v1/sessions/{session}/events", (HttpContext context, EventEndpoints events, string session) => events.GetAsync(context, session)).RequireScope(Scope.SessionsRead);
        app.MapGet("/v1/sessions/{session}/recording", (HttpContext context, RecordingEndpoint recordings, string session) => recordings.GetAsync(context, session, null)).RequireScope(Scope.SessionsRead);
        app.MapGet("/v1/sessions/{session}/executions/{execution}/recording", (HttpContext context, RecordingEndpoint recordings, string session, string execution) => recordings.GetAsync(context, session, execution)).RequireScope(Scope.SessionsRead);
        app.MapGet("/v1/sessions/{session}/messages", (HttpContext context, MessagePages pages, string session) => pages.GetAsync(context, session)).RequireScope(Scope.SessionsRead);
        app.MapPost("/v1/sessions/{session}/messages", (HttpContext context, MessageEndpoints messages, string session) => messages.SendAsync(context, session));
        app.MapGet("/v1/sessions/{session}/files", (HttpContext context, FileEndpoints files, string session) => files.ListAsync(context, session)).RequireScope(Scope.SessionsRead);
        app.MapGet("/v1/sessions/{session}/files/content", (HttpContext context, FileEndpoints files, string session) => files.DownloadAsync(context, session)).RequireScope(Scope.SessionsRead);
        app.MapPut("/v1/sessions/{session}/files", (HttpContext context, FileEditEndpoints files, string session) => files.MakeFolderAsync(context, session)).RequireScope(Scope.SessionsWrite);
        app.MapDelete("/v1/sessions/{session}/files", (HttpContext context, FileEditEndpoints files, string session) => files.DeleteAsync(context, session)).RequireScope(Scope.SessionsWrite);
        app.MapPut("/v1/sessions/{session}/files/content", (HttpContext context, FileEditEndpoints files, string session) => files.UploadAsync(context, session)).RequireScope(Scope.SessionsWrite);
        app.MapDelete("/v1/sessions/{session}/files/content", (HttpContext context, FileEditEndpoints files, string session) => files.DeleteAsync(context, session)).RequireScope(Scope.SessionsWrite);
        app.MapNamedProcesses();
        app.MapSharing();
        app.MapGet("/v1/blobs/{id}", (HttpContext context, BlobEndpoints blobs, string id) => blobs.DownloadAsync(context, id)).RequireScope(Scope.SessionsRead);
        app.MapGet("/v1/statistics", (HttpContext context, StatisticsEndpoint statistics) => statistics.GetAsync(context));
        app.MapGet("/v1/metrics/history", (HttpContext context, MetricHistoryEndpoint metrics) => metrics.GetAsync(context)).RequireScope(Scope.MetricsRead);
        app.MapGet("/v1/search", (HttpContext context, SearchEndpoint search) => search.GetAsync(context)).RequireScope(Scope.SessionsRead);
        app.MapGet("/v1/processes", (HttpContext context, ProcessEndpoints processes) => processes.ListAsync(context)).RequireScope(Scope.SessionsRead);
        app.MapGet("/v1/processes/history", (HttpContext context, ProcessHistoryEndpoint history) => history.GetAsync(context)).RequireScope(Scope.SessionsRead);
        app.MapPost("/v1/processes/{id}/signal", (HttpContext context, ProcessEndpoints processes, string id) => processes.SignalAsync(context, id)).RequireScope(Scope.SessionsWrite);
        app.MapGet("/v1/connections", (HttpContext context, ConnectionEndpoints connections) => connections.ListAsync(context)).RequireScope(Scope.ClusterRead);
        app.MapGet("/v1/notices", (HttpContext context, NoticeEndpoints notices) => notices.ListAsync(context));
        app.MapPost("/v1/notices", (HttpContext context, NoticeEndpoints notices) => notices.PostAsync(context)).RequireScope(Scope.NoticesWrite);
        app.MapDelete("/v1/notices/{id}", (HttpContext context, NoticeEndpoints notices, string id) => notices.DeleteAsync(context, id));
        app.MapGet("/v1/usage", (HttpContext context, UsageEndpoint usage) => usage.GetAsync(context));
        app.MapPost("/v1/client-errors", (HttpContext context, ClientErrorEndpoint errors) => errors.TakeAsync(context));
        app.MapProjections();
        app.RefuseOtherMethods();
        foreach (var folder in (string[])["/v1", "/openai"]) app.Map($"{folder}/{{**rest}}", context => HttpErrors.WriteAsync(context, new(ErrorCode.NotFound, "There is nothing at this address.")));
    }
}
