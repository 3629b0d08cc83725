using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Models.Tests;

public sealed class ModelCatalogTests
{
    [Fact]
    public void AddModels_NoSettings_OffersTheDirectiveModelByDefault()
    {
        using var services = new ServiceCollection().AddModels(new ConfigurationBuilder().Build()).BuildServiceProvider();
        var catalog = services.GetRequiredService<IModelCatalog>();

        Assert.Equal("directive", catalog.DefaultModel);
        Assert.True(catalog.Contains("directive"));
        Assert.Same(catalog.Get("directive"), catalog.Get("directive"));
    }

    [Fact]
    public void Get_UnknownModel_Throws()
    {
        using var services = new ServiceCollection().AddModels(new ConfigurationBuilder().Build()).BuildServiceProvider();
        var catalog = services.GetRequiredService<IModelCatalog>();

        Assert.False(catalog.Contains("nobody"));
        Assert.Throws<KeyNotFoundException>(() => catalog.Get("nobody"));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("openai")]
    [InlineData("openai/gpt-test")]
    [InlineData("fast")]
    public void AddModels_DefaultThatCannotBeUsed_IsRefusedWithWhatThereIs(string model)
    {
        using var services = Services(new() { ["Default"] = model, ["Named:fast:Provider"] = "openai", ["Named:fast:Model"] = "gpt-test", ["Anthropic:ApiKey"] = "k" }, []);

        var refusal = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<ModelCatalogOptions>>().Value);

        Assert.Contains($"ToolRuntime:Models:Default names the model '{model}'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("anthropic, anthropic/.., directive;", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OPENAI_API_KEY", "openai")]
    [InlineData("OPENAI_BASE_URL", "openai")]
    [InlineData("ANTHROPIC_API_KEY", "anthropic")]
    [InlineData("GEMINI_API_KEY", "gemini")]
    public void AddModels_ProviderInTheEnvironment_OffersAnyOfItsModels(string variable, string provider)
    {
        using var services = Services([], new() { [variable] = "http://key" });
        var catalog = services.GetRequiredService<IModelCatalog>();

        Assert.Equal(provider, catalog.DefaultModel);
        Assert.True(catalog.Contains(provider));
        Assert.True(catalog.Contains(provider + "/some-model:1.0"));
        Assert.NotNull(catalog.Get(provider + "/vendor/model"));
        Assert.All(new[] { provider + "/", provider + "/a b", provider + "/../x", "other/model" }, name => Assert.False(catalog.Contains(name)));
        Assert.Equal(1, new[] { "openai", "anthropic", "gemini" }.Count(catalog.Contains));
    }

    [Fact]
    public void AddModels_NamedModels_AreOfferedWhenTheirProviderIs()
    {
        using var services = Services(
            new()
            {
                ["Default"] = "fast",
                ["OpenAI:ApiKey"] = "k",
                ["Named:fast:Provider"] = "openai",
                ["Named:fast:Model"] = "gpt-test",
                ["Named:wise:Provider"] = "anthropic",
                ["Named:wise:Model"] = "claude-test",
            },
            []);
        var catalog = services.GetRequiredService<IModelCatalog>();

        Assert.Equal("fast", catalog.DefaultModel);
        Assert.True(catalog.Contains("fast"));
        Assert.False(catalog.Contains("wise"));
    }

    [Fact]
    public async Task ListAsync_Configured_AreNamedWithTheirProvidersAndIds()
    {
        using var services = Services(
            new()
            {
                ["AskProviders"] = "false",
                ["Default"] = "openai/gpt-other",
                ["OpenAI:ApiKey"] = "k",
                ["OpenAI:Model"] = "gpt-test",
                ["Named:fast:Provider"] = "openai",
                ["Named:fast:Model"] = "gpt-mini",
                ["Named:wise:Provider"] = "anthropic",
                ["Named:wise:Model"] = "claude-test",
            },
            []);

        Assert.Equal(
            [new("directive", "directive", null), new("fast", "openai", "gpt-mini"), new("openai", "openai", "gpt-test"), new("openai/gpt-other", "openai", "gpt-other")],
            await services.GetRequiredService<IModelCatalog>().ListAsync());
    }

    [Theory]
    [InlineData("Named:x:Provider", "nobody")]
    [InlineData("OpenAI:HistoryTokens", "10")]
    [InlineData("Gemini:MaxRetryWait", "01:00:00")]
    public void AddModels_SettingsOutOfRange_AreRefused(string name, string value)
    {
        using var services = Services(new() { [name] = value }, []);

        Assert.Throws<OptionsValidationException>(services.GetRequiredService<IStartupValidator>().Validate);
    }

    private static ServiceProvider Services(Dictionary<string, string?> settings, Dictionary<string, string?> environment) => new ServiceCollection()
        .AddModels(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), new ConfigurationBuilder().AddInMemoryCollection(environment).Build())
        .BuildServiceProvider();
}
