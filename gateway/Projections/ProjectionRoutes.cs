using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Projections.ChatCompletions;
using ToolRuntime.Gateway.Projections.Responses;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Projections;

/// <summary>Addresses for clients of other protocols: projections of the one log that there is.</summary>
internal static class ProjectionRoutes
{
    private const Scope Talk = Scope.SessionsRead | Scope.SessionsWrite | Scope.ToolsRun;

    public static IServiceCollection AddProjections(this IServiceCollection services) => services
        .AddSingleton<Replies>().AddSingleton<ReplyStreams>().AddSingleton<OpenAIModels>().AddSingleton<ChatCompletionsEndpoint>()
        .AddSingleton<ResponseReader>().AddSingleton<ResponseFollower>().AddSingleton<ResponsesEndpoint>().AddSingleton<CreateResponseEndpoint>();

    /// <summary>OpenAI's clients, with the base address <c>/openai/v1</c>.</summary>
    public static void MapProjections(this IEndpointRouteBuilder app)
    {
        app.MapGet("/openai/v1/models", (HttpContext context, OpenAIModels models) => models.ListAsync(context)).RequireScope(Scope.SessionsRead);
        app.MapGet("/openai/v1/models/{model}", (HttpContext context, OpenAIModels models, string model) => models.GetAsync(context, model)).RequireScope(Scope.SessionsRead);
        app.MapPost("/openai/v1/chat/completions", (HttpContext context, ChatCompletionsEndpoint chat) => chat.CompleteAsync(context)).RequireScope(Talk);
        app.MapPost("/openai/v1/responses", (HttpContext context, CreateResponseEndpoint responses) => responses.CreateAsync(context)).RequireScope(Talk);
        app.MapGet("/openai/v1/responses/{response}", (HttpContext context, ResponsesEndpoint responses, string response) => responses.GetAsync(context, response)).RequireScope(Scope.SessionsRead);
        app.MapPost("/openai/v1/responses/{response}/cancel", (HttpContext context, ResponsesEndpoint responses, string response) => responses.CancelAsync(context, response)).RequireScope(Scope.SessionsRead | Scope.SessionsWrite);
    }
}
