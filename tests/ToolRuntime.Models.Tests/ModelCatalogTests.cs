using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

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
}
