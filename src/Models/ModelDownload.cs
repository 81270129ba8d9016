namespace FaceGrid.Models;

/// <summary>Writes a downloaded model to its file, piece by piece.</summary>
internal static class ModelDownload
{
    /// <summary>Appends the body of a response to a file that may hold the beginning already.</summary>
    /// <param name="profile">The profile; it gives the length of the whole file.</param>
    /// <param name="response">The response; its body begins where the file ends.</param>
    /// <param name="file">The file, at its end. It is emptied when the server sends too much.</param>
    /// <param name="progress">Receives a report after each piece; may be null.</param>
    /// <param name="stall">Cancelled when the server sends nothing for <see cref="ModelStore.StallMax"/>.</param>
    /// <exception cref="HttpRequestException">The server sent too much, or stopped early.</exception>
    public static async Task CopyAsync(
        ModelProfile profile,
        HttpResponseMessage response,
        FileStream file,
        IProgress<ModelDownloadProgress>? progress,
        CancellationTokenSource stall)
    {
        await using var body = await response.Content.ReadAsStreamAsync(stall.Token);
        byte[] buffer = new byte[1 << 16];
        long done = file.Length;
        progress?.Report(new(profile.Id, done, profile.Bytes));
        while (await body.ReadAsync(buffer, stall.Token) is var count and > 0)
        {
            stall.CancelAfter(ModelStore.StallMax);
            done += count;
            if (done > profile.Bytes)
            {
                file.SetLength(0);
                throw new HttpRequestException($"the server sent more than the expected {profile.Bytes} bytes");
            }

            await file.WriteAsync(buffer.AsMemory(0, count), stall.Token);
            progress?.Report(new(profile.Id, done, profile.Bytes));
        }

        if (done < profile.Bytes)
        {
            throw new HttpRequestException(
                $"the server stopped after {done} of {profile.Bytes} bytes; the next attempt goes on from there");
        }

        file.Flush(flushToDisk: true);
    }
}
