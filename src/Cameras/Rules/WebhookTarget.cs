using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Rules;

namespace FaceGrid.Cameras.Rules;

/// <summary>
/// Posts JSON, signed when there is a secret. The address is checked at each connection. Redirects are not followed, and bodies of answers
/// are not read.
/// </summary>
/// <param name="client">Connects only where it may; shared, and not disposed here.</param>
/// <param name="settings">Where to.</param>
/// <param name="timeout">How long the target may take.</param>
/// <param name="time">Clock of the signature.</param>
internal sealed class WebhookTarget(HttpClient client, RuleWebhook settings, TimeSpan timeout, TimeProvider time) : IRuleTarget
{
    /// <inheritdoc/>
    public async Task DeliverAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        byte[] body = RuleMessage.Of(delivery);
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        string timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add("X-FaceGrid-Delivery", delivery.Id);
        request.Headers.Add("X-FaceGrid-Timestamp", timestamp);
        if (settings.Secret is { Length: > 0 } secret)
        {
            request.Headers.Add("X-FaceGrid-Signature", Sign(secret, timestamp, body));
        }

        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            if (!answer.IsSuccessStatusCode)
            {
                throw new DeliveryException(!MayPass(answer.StatusCode), $"The target answered {(int)answer.StatusCode}.");
            }
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DeliveryException(isLasting: false, $"The target did not answer within {timeout.TotalSeconds} s.", late);
        }
        catch (HttpRequestException failure)
        {
            throw failure.InnerException is FaceGridException { Code: ErrorCodes.AddressNotAllowed } refused
                ? new DeliveryException(isLasting: true, refused.Message, failure)
                : new DeliveryException(isLasting: false, $"The target could not be reached ({failure.HttpRequestError}).", failure);
        }
    }

    /// <summary>The signature: HMAC-SHA256 with the secret, in UTF-8, over the timestamp, a dot and the body.</summary>
    internal static string Sign(string secret, string timestamp, byte[] body) =>
        "v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.ASCII.GetBytes(timestamp + "."), .. body]));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Any other status says that the message or the address is wrong, and would come again.
    private static bool MayPass(HttpStatusCode status) => (int)status is >= 500 or 408 or 425 or 429;
}
