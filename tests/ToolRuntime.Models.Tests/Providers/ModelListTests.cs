using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Models.Tests.Providers;

public sealed class ModelListTests : IAsyncLifetime
{
    private const string OpenAI = """{"object":"list","data":[{"id":"gpt-b","object":"model"},{"id":"text-embedding-3-small"},{"id":"gpt-a"},{"id":"bad id"},{}]}""";
    private const string Anthropic = """{"data":[{"type":"model","id":"claude-a","display_name":"Claude A"}],"has_more":false}""";

    private const string Gemini = """
        {"models":[{"name":"models/gemini-a","displayName":"Gemini A","supportedGenerationMethods":["generateContent","countTokens"]},
                   {"name":"models/embedding-001","supportedGenerationMethods":["embedContent"]}]}
        """;

    private readonly ConcurrentQueue<string> asked = new();
    private readonly Clock time = new();
    private readonly Dictionary<string, string> lists = new(StringComparer.Ordinal)
    {
        ["/v1/models"] = OpenAI,
        ["/anthropic/v1/models?limit=200"] = Anthropic,
        ["/v1beta/models?pageSize=200"] = Gemini,
    };

    private WebApplication server = null!;
    private ServiceProvider services = null!;

    private IModelCatalog Catalog => services.GetRequiredService<IModelCatalog>();

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        server = builder.Build();
        server.Run(AnswerAsync);
        await server.StartAsync();
        var url = server.Urls.Single();
        var settings = new Dictionary<string, string?>
        {
            ["OpenAI:BaseUrl"] = url + "/v1",
            ["OpenAI:ApiKey"] = "key-o",
            ["OpenAI:Model"] = "gpt-a",
            ["Anthropic:BaseUrl"] = url + "/anthropic",
            ["Anthropic:ApiKey"] = "key-a",
            ["Gemini:BaseUrl"] = url + "/v1beta",
            ["Gemini:ApiKey"] = "key-g",
        };
        services = new ServiceCollection().AddSingleton<TimeProvider>(time).AddModels(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();
    }

    public async Task DisposeAsync()
    {
        await services.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task ListAsync_ProvidersWithLists_HasTheirConversationalModels()
    {
        var models = await Catalog.ListAsync();

        Assert.Equal(
            ["anthropic", "directive", "gemini", "openai", "anthropic/claude-a", "gemini/gemini-a", "openai/gpt-a", "openai/gpt-b"],
            models.Select(model => model.Name));
        Assert.Equal(["Claude A", "Gemini A", "gpt-a", "gpt-b"], models.Skip(4).Select(model => model.Title));
        Assert.All(models, model => Assert.True(Catalog.Contains(model.Name)));
        Assert.Equal(
            ["/anthropic/v1/models?limit=200 key-a", "/v1/models Bearer key-o", "/v1beta/models?pageSize=200 key-g"],
            asked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ListAsync_AskedAgain_AsksProvidersEveryTenMinutesOnly()
    {
        await Catalog.ListAsync();
        time.Advance(TimeSpan.FromMinutes(9));
        await Catalog.ListAsync();
        Assert.Equal(3, asked.Count);

        lists["/v1/models"] = "no JSON";
        time.Advance(TimeSpan.FromMinutes(2));

        // What it said before holds.
        Assert.Contains("openai/gpt-b", (await Catalog.ListAsync()).Select(model => model.Name));
        Assert.Equal(6, asked.Count);
    }

    [Fact]
    public async Task ListAsync_ProvidersWithoutLists_HasWhatIsConfigured()
    {
        lists.Clear();

        Assert.Equal(["anthropic", "directive", "gemini", "openai"], (await Catalog.ListAsync()).Select(model => model.Name));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        var path = context.Request.Path + context.Request.QueryString;
        asked.Enqueue($"{path} {headers.Authorization}{headers["x-api-key"]}{headers["x-goog-api-key"]}");
        if (lists.TryGetValue(path, out var list)) await context.Response.WriteAsync(list);
        else context.Response.StatusCode = 404;
    }

    /// <summary>Only its wall clock is told.</summary>
    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset now = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => now;

        public void Advance(TimeSpan by) => now += by;
    }
}
