using System.Diagnostics;
using System.Text.Json;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.People;
using FaceGrid.Gateway.Security;

namespace FaceGrid.Gateway.Problems;

/// <summary>The outermost step. It gives the request its id and turns every failure of the inner steps into a problem document.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public const string RequestIdHeader = "X-Request-Id";

    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        string requestId = RequestIdOf(context);
        CancellationToken clientGone = context.RequestAborted;
        Prepare(context, requestId);
        using IDisposable? scope = logger.BeginScope(new Dictionary<string, object>(StringComparer.Ordinal) { ["RequestId"] = requestId });
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: 404 or 405 or 415, ContentLength: null, ContentType: null })
            {
                await WriteAsync(context, OfRouting(context.Response.StatusCode), context.Response.StatusCode, requestId);
            }
        }
        catch (Exception exception) when (clientGone.IsCancellationRequested || exception is ClientGoneException)
        {
            LogClientGone(exception.GetType().Name);
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = ClientClosedRequest;
            }
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            FaceGridException problem = ProblemMapping.Of(exception);
            Log(problem, exception, requestId);
            await WriteAsync(context, problem, null, requestId);
        }
    }

    // Routing answers these with a bare status instead of an exception. A 405 keeps its status and its Allow header.
    private static FaceGridException OfRouting(int status) => status == StatusCodes.Status415UnsupportedMediaType
        ? new FaceGridException(ErrorCodes.UnsupportedMediaType, "The content type is not one that this route reads.")
        : new FaceGridException(ErrorCodes.NotFound, "There is no such route or method.");

    private static string RequestIdOf(HttpContext context)
    {
        string given = context.Request.Headers[RequestIdHeader].ToString();
        bool usable = given.Length is > 0 and <= 64
            && given.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
        return usable ? given : Activity.Current?.TraceId.ToHexString() ?? Guid.NewGuid().ToString("n");
    }

    private static void Prepare(HttpContext context, string requestId)
    {
        context.TraceIdentifier = requestId;
        context.Response.Headers[RequestIdHeader] = requestId;
        SecurityHeaders.Write(context.Response);
    }

    private static Task WriteAsync(HttpContext context, FaceGridException problem, int? status, string requestId)
    {
        ProblemBody body = ProblemCatalog.Describe(problem.Code, problem.Message, requestId);
        body = body with
        {
            Status = status ?? body.Status,
            LookAlike = LookAlikeBody.Of(problem.LookAlike),
            Reasons = problem.Reasons,
            Faces = FacePlaceBody.Of(problem.Boxes),
        };
        HttpResponse response = context.Response;
        response.StatusCode = body.Status;
        response.ContentType = "application/problem+json";
        if (body.Status is 429 or 503)
        {
            response.Headers.RetryAfter = "1";
        }

        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : JsonSerializer.SerializeAsync(response.Body, body, GatewayJson.Default.ProblemBody, CancellationToken.None);
    }

    private void Log(FaceGridException problem, Exception exception, string requestId)
    {
        int status = ProblemCatalog.StatusOf(problem.Code);
        if (status == 500)
        {
            LogInternal(logger, exception, requestId);
        }
        else if (status == 503)
        {
            LogUnavailable(problem.Code, exception.GetType().Name, requestId);
        }
    }
}
