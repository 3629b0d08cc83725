using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Projections.ChatCompletions;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Projections;

/// <summary>Addresses for clients of other protocols: projections of the one log that there is.</summary>
internal static class ProjectionRoutes
{
    private const Scope Talk = Scope.SessionsRead | Scope.SessionsWrite | Scope.ToolsRun;

    public static IServiceCollection AddProjections(this IServiceCollection services) => services
        .AddSingleton<ReplySender>().AddSingleton<ReplyStreams>().AddSingleton<OpenAIModels>().AddSingleton<ChatCompletionsEndpoint>();

    /// <summary>OpenAI's clients, with the base address <c>/openai/v1</c>.</summary>
    public static void MapProjections(this IEndpointRouteBuilder app)
    {
        app.MapGet("/openai/v1/models", (HttpContext context, OpenAIModels models) => models.ListAsync(context)).RequireScope(Scope.SessionsRead);
        app.MapGet("/openai/v1/models/{model}", (HttpContext context, OpenAIModels models, string model) => models.GetAsync(context, model)).RequireScope(Scope.SessionsRead);
        app.MapPost("/openai/v1/chat/completions", (HttpContext context, ChatCompletionsEndpoint chat) => chat.CompleteAsync(context)).RequireScope(Talk);
    }
}
