using System.ComponentModel;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Silo;
using ToolRuntime.Tools;
using ToolRuntime.Tools.Functions;

namespace ToolRuntime.Gateway.Tests;

/// <summary>Functions registered in code, called over HTTP on a gateway with a silo inside.</summary>
public sealed class FunctionToolTests : IDisposable
{
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("function-tools-");

    public void Dispose() => data.Delete(recursive: true);

    [Fact]
    public async Task Execute_Function_IsATool()
    {
        await using var app = await StartAsync(services => services
            .AddSingleton(new Greeting("Hello"))
            .AddToolFunction(AIFunctionFactory.Create(Add))
            .AddToolFunction("greet", "Greets.", (string name, [FromServices] Greeting greeting) => $"{greeting.Word} {name}", options => options.CacheFor = TimeSpan.FromMinutes(5))
            .AddToolFunction("broken", "Throws.", string () => throw new InvalidOperationException("It is broken.")));
        using var http = new HttpClient { BaseAddress = new(app.Urls.Single()) };

        var listed = (await http.GetFromJsonAsync<JsonElement>("/v1/tools")).GetProperty("tools").EnumerateArray().Single(tool => tool.GetProperty("name").GetString() == "Add");
        var added = await ExecuteAsync(http, "Add", new { first = 2 });
        var greeted = await ExecuteAsync(http, "greet", new { name = "Ada" });
        var again = await ExecuteAsync(http, "greet", new { name = "Ada" });
        var failed = await ExecuteAsync(http, "broken", new { });

        Assert.Equal("Adds two numbers.", listed.GetProperty("description").GetString());
        Assert.Equal("""{"value":42}""", added.GetProperty("result").GetRawText());
        Assert.Equal("""{"text":"Hello Ada"}""", greeted.GetProperty("result").GetRawText());
        Assert.True(again.GetProperty("metrics").GetProperty("cached").GetBoolean());
        Assert.Equal(("failed", "tool_crashed"), (failed.GetProperty("state").GetString(), failed.GetProperty("error").GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Execute_ArgumentsThatDoNotFit_NeverReachTheFunction()
    {
        await using var app = await StartAsync(services => services.AddToolFunction(AIFunctionFactory.Create(Add)));
        using var http = new HttpClient { BaseAddress = new(app.Urls.Single()) };

        using var refused = await http.PostAsJsonAsync("/v1/tools/execute", new { tool = "Add", arguments = new { second = 2 } });

        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("invalid_arguments", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_TwoToolsOfOneName_IsRefused()
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(services => services.AddToolFunction(AIFunctionFactory.Create(Add, "shell"))));

        Assert.Contains("'shell'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SchemaThatRefersElsewhere_IsRefused()
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(services => services.AddToolFunction(new Elsewhere())));

        Assert.Contains("'elsewhere'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("is not local", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ToolThatModelsCantBeOffered_SaysSoAndOthersDoNot()
    {
        await using var app = await StartAsync(services => services.AddSingleton<ITool>(new TextOnly()));
        using var http = new HttpClient { BaseAddress = new(app.Urls.Single()) };

        var listed = (await http.GetFromJsonAsync<JsonElement>("/v1/tools")).GetProperty("tools").EnumerateArray().ToArray();

        Assert.Equal(
            [
                ("attach", "It reaches processes beyond the session."), ("named_process", "Sessions call it; models have the tool process."),
                ("terminal", "People type into it."), ("text_only", "its arguments are no object"),
            ],
            // Nobody has set up a provider for web_search here.
            listed.Where(tool => tool.TryGetProperty("notForModels", out _) && !tool.GetProperty("name").ValueEquals("web_search")).Select(tool => (tool.GetProperty("name").GetString(), tool.GetProperty("notForModels").GetString())));
    }

    [Description("Adds two numbers.")]
    private static int Add(int first, int second = 40) => first + second;

    private static async Task<JsonElement> ExecuteAsync(HttpClient http, string tool, object arguments)
    {
        using var answer = await http.PostAsJsonAsync("/v1/tools/execute", new { tool, arguments });
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<WebApplication> StartAsync(Action<IServiceCollection> register)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection([new("ToolRuntime:Data:Path", data.FullName)]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddToolRuntimeSilo(builder.Configuration.GetSection("ToolRuntime"));
        builder.Services.AddGateway();
        register(builder.Services);
        var app = builder.Build();
        app.MapGateway();
        try
        {
            await app.StartAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private sealed record Greeting(string Word);

    private sealed class TextOnly : ITool
    {
        public ToolDescriptor Descriptor { get; } = new() { Name = "text_only", Description = "Takes text.", Parameters = new("""{"type":"string"}""") };

        public Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class Elsewhere : AIFunction
    {
        public override string Name => "elsewhere";

        public override JsonElement JsonSchema { get; } = JsonElement.Parse("""{"type":"object","properties":{"a":{"$ref":"https://example.org/schema"}}}""");

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => default;
    }
}
