using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Images;

/// <summary>Registers <c>generate_image</c> and its providers.</summary>
internal static class ImageServiceCollectionExtensions
{
    private const string WrongUrl = "An address of ToolRuntime:Images is no absolute http or https address.";
    private const string WrongKey = "A key of ToolRuntime:Images has characters that no key has; a line's end, perhaps.";

    public static IServiceCollection AddImages(this IServiceCollection services, IConfiguration section, IConfiguration? environment)
    {
        services.AddOptions<ImageOptions>()
            .Configure(options =>
            {
                options.OpenAIApiKey = section["Models:OpenAI:ApiKey"] ?? environment?["OPENAI_API_KEY"];
                options.GeminiApiKey = section["Models:Gemini:ApiKey"] ?? environment?["GEMINI_API_KEY"];
                options.OpenAIUrl = UrlOf(section["Models:OpenAI:BaseUrl"] ?? environment?["OPENAI_BASE_URL"]) ?? options.OpenAIUrl;
                options.GeminiUrl = UrlOf(section["Models:Gemini:BaseUrl"] ?? environment?["GEMINI_BASE_URL"]) ?? options.GeminiUrl;
            })
            .Bind(section.GetSection("Images"))
            .PostConfigure(options => (options.OpenAIApiKey, options.GeminiApiKey) = (KeyOf(options.OpenAIApiKey), KeyOf(options.GeminiApiKey)))
            .ValidateDataAnnotations()
            .Validate(options => ProviderUrl.IsUsable(options.OpenAIUrl) && ProviderUrl.IsUsable(options.GeminiUrl), WrongUrl)
            .Validate(options => ProviderUrl.IsUsableKey(options.OpenAIApiKey) && ProviderUrl.IsUsableKey(options.GeminiApiKey), WrongKey)
            .ValidateOnStart();
        services.AddSingleton(provider => SecretsOf(provider.GetRequiredService<IOptions<ImageOptions>>().Value));
        services.AddSingleton<IImageProvider, OpenAIImages>().AddSingleton<IImageProvider, GeminiImages>();
        return services.AddSingleton<ITool, GenerateImageTool>();
    }

    private static SecretValues SecretsOf(ImageOptions options) => new([.. new[] { options.OpenAIApiKey, options.GeminiApiKey }.OfType<string>()]);

    /// <summary>An address of the models; one that is none is told where it is set.</summary>
    private static Uri? UrlOf(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && ProviderUrl.IsUsable(url) ? url : null;

    private static string? KeyOf(string? key) => string.IsNullOrWhiteSpace(key) ? null : key.Trim();
}
