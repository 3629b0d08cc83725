using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Models.Tests.Providers;

/// <summary>A request as the server got it.</summary>
internal sealed record Received(string Path, IHeaderDictionary Headers, JsonElement Body);

/// <summary>A local server that answers as told, and clients of all providers that ask it.</summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    public const string Key = "sk-test-0123456789abcdef";

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly WebApplication server;
    private readonly ServiceProvider services;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> answers = new();

    private FakeProvider(WebApplication server, Dictionary<string, string?> settings)
    {
        this.server = server;
        var url = server.Urls.Single();
        foreach (var (provider, path) in new[] { ("OpenAI", "/v1"), ("Anthropic", ""), ("Gemini", "/v1beta") })
        {
            settings[$"{provider}:BaseUrl"] = url + path;
            settings[$"{provider}:ApiKey"] = Key;
        }

        services = new ServiceCollection().AddSingleton<TimeProvider>(Time)
            .AddModels(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();
    }

    public InstantTime Time { get; } = new();

    public ConcurrentQueue<Received> Requests { get; } = new();

    public static async Task<FakeProvider> StartAsync(params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        FakeProvider? fake = null;
        server.Run(context => fake!.AnswerAsync(context));
        await server.StartAsync();
        return fake = new(server, settings.ToDictionary(s => s.Name, s => (string?)s.Value));
    }

    public IChatClient Client(string model) => services.GetRequiredService<IModelCatalog>().Get(model);

    public FakeProvider Answers(Func<HttpContext, Task> answer)
    {
        answers.Enqueue(answer);
        return this;
    }

    /// <summary>Streams events, each written on its own.</summary>
    public FakeProvider Streams(params string[] events) => Answers(context => WriteAsync(context, events));

    public FakeProvider Refuses(int status, string body, params (string Name, string Value)[] headers) => Answers(async context =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers) context.Response.Headers[name] = value;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    });

    public static async Task WriteAsync(HttpContext context, params string[] events)
    {
        if (!context.Response.HasStarted) context.Response.ContentType = "text/event-stream";
        foreach (var one in events)
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(one));
            await context.Response.Body.FlushAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await server.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        Requests.Enqueue(new(context.Request.Path + context.Request.QueryString, new HeaderDictionary(context.Request.Headers.ToDictionary()), body.RootElement.Clone()));
        if (answers.TryDequeue(out var answer)) await answer(context);
        else context.Response.StatusCode = 501;
    }
}
