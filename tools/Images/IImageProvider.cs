namespace ToolRuntime.Tools.Images;

/// <summary>Makes pictures.</summary>
internal interface IImageProvider
{
    /// <summary>By which configuration names it.</summary>
    string Name { get; }

    string Model { get; }

    bool HasKey { get; }

    /// <summary>Makes a picture; tells of those on the way as they come.</summary>
    /// <exception cref="Providers.ProviderException">There is none.</exception>
    Task<byte[]> GenerateAsync(ImageRequest request, Func<byte[], ValueTask> partial, IToolContext context, CancellationToken cancellationToken);
}

/// <summary>What picture is wanted.</summary>
/// <param name="Prompt">What is to be seen.</param>
/// <param name="Shape"><c>square</c>, <c>landscape</c> or <c>portrait</c>; null: as the provider likes.</param>
/// <param name="Quality"><c>low</c>, <c>medium</c> or <c>high</c>; null: as the provider likes.</param>
internal sealed record ImageRequest(string Prompt, string? Shape, string? Quality)
{
    public static ImageRequest Of(ToolCall call) => new(call.GetText("prompt"), call.FindText("shape"), call.FindText("quality"));
}
