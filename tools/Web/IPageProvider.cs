namespace ToolRuntime.Tools.Web;

/// <summary>Who gets pages.</summary>
internal interface IPageProvider
{
    /// <summary>Gets a page and reads it.</summary>
    /// <param name="url">The page.</param>
    /// <param name="markdown">Whether its text is to be Markdown.</param>
    /// <param name="context">Gets progress and counts.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="WebException">The page can't be had.</exception>
    /// <exception cref="Providers.ProviderException">The provider failed.</exception>
    Task<ScrapedPage> ReadAsync(Uri url, bool markdown, IToolContext context, CancellationToken cancellationToken);
}
