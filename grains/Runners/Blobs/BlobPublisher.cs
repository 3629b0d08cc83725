using System.Globalization;
using Microsoft.Extensions.Options;
using ToolRuntime.Blobs;

namespace ToolRuntime.Runners.Blobs;

/// <summary>Finds out what a tool publishes, and hands it to the store.</summary>
internal sealed class BlobPublisher(IBlobStore? store = null)
{
    private const int MaxName = 200;

    /// <summary>Refuses a store that refuses us; one that is only away just now is no reason not to start.</summary>
    /// <exception cref="OptionsValidationException">It can't be used as it is configured.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (store is not null) await store.CheckAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BlobStoreException exception) when (!exception.Retryable)
        {
            throw new OptionsValidationException("", typeof(BlobPublisher), [$"ToolRuntime:Blobs: {exception.Message}"]);
        }
    }

    /// <exception cref="BlobStoreException">It is not published.</exception>
    public async Task<PublishedBlob> PublishAsync(
        SessionKey session, string execution, Stream content, string name, Action<long>? written, CancellationToken cancellationToken)
    {
        if (store is null) throw new BlobStoreException("There is no store for published files.", retryable: false);
        var size = content.Length;
        if (size > store.MaxBytes)
        {
            throw new BlobStoreException(
                string.Create(CultureInfo.InvariantCulture, $"It has {size} bytes; at most {store.MaxBytes} can be published."), retryable: false);
        }

        var head = new byte[(int)Math.Min(size, PictureHead.Bytes)];
        content.Position = 0;
        await content.ReadExactlyAsync(head, cancellationToken).ConfigureAwait(false);
        content.Position = 0;
        var (fileName, picture) = (NameOf(name), PictureHead.Read(head));
        var info = new BlobInfo(fileName, picture?.MediaType ?? MediaTypes.Of(fileName), size, picture?.Width, picture?.Height);
        var id = BlobId.New(session, execution);
        await store.WriteAsync(session.Tenant, id, info, content, written ?? (_ => { }), cancellationToken).ConfigureAwait(false);
        return new(id, info);
    }

    /// <summary>The last part of a path, without what headers and folders can't have.</summary>
    private static string NameOf(string name)
    {
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var clean = string.Concat(last.Where(letter => !char.IsControl(letter) && !char.IsSurrogate(letter)));
        return clean.Length switch
        {
            0 => "file",
            > MaxName => clean[^MaxName..],
            _ => clean,
        };
    }
}
