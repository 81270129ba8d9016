using System.CommandLine;
using FaceGrid.Client;
using FaceGrid.Evaluation;
using FaceGrid.Load;
using FaceGrid.Models;

namespace FaceGrid.Cli.Shell;

/// <summary>
/// Gives every command the same beginning and the same end. The beginning is a session. The end is one place that turns problems into
/// messages and exit codes.
/// </summary>
/// <param name="host">What the run may touch.</param>
/// <param name="global">The options every command has.</param>
internal sealed class CommandShell(CliHost host, GlobalOptions global)
{
    /// <summary>How long a command keeps trying when a person waits for it.</summary>
    public static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(5);

    /// <summary>How long a command keeps trying when it runs unattended.</summary>
    public static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(60);

    /// <summary>Attaches what a command does.</summary>
    /// <param name="command">The command.</param>
    /// <param name="run">What it does.</param>
    /// <param name="patience">How long it keeps trying when the caller does not say; <see cref="ShortPatience"/> by default.</param>
    public void Handle(Command command, Func<Session, CancellationToken, Task<ExitCode>> run, TimeSpan? patience = null) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using Session session = new(host, global, parsed, patience ?? ShortPatience);
            return (int)await RunAsync(session, run, cancellationToken);
        });

    private static async Task<ExitCode> RunAsync(
        Session session, Func<Session, CancellationToken, Task<ExitCode>> run, CancellationToken cancellationToken)
    {
        try
        {
            return await run(session, cancellationToken);
        }
        catch (ClusterProblemException problem)
        {
            return Fail(session, ExitCode.Failed, PictureProblem.From(problem), problem.RequestId);
        }
        catch (CliException problem)
        {
            return Fail(session, problem.ExitCode, new PictureProblem(problem.Code, problem.Message), requestId: null);
        }
        catch (EvaluationException problem)
        {
            return Fail(session, problem.Code == EvaluationException.UsageCode, problem.Code, problem.Message);
        }
        catch (LoadException problem)
        {
            return Fail(session, problem.Code == LoadException.UsageCode, problem.Code, problem.Message);
        }
        catch (VisionSetupException problem)
        {
            return Fail(session, ExitCode.Failed, new PictureProblem(problem.Code, problem.Message), requestId: null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Fail(session, ExitCode.Failed, new PictureProblem("stopped", "Stopped."), requestId: null);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Fail(session, ExitCode.Failed, new PictureProblem("file", problem.Message), requestId: null);
        }
    }

    private static ExitCode Fail(Session session, bool isUsage, string code, string detail) =>
        Fail(session, isUsage ? ExitCode.Usage : ExitCode.Failed, new PictureProblem(code, detail), requestId: null);

    private static ExitCode Fail(Session session, ExitCode exitCode, PictureProblem problem, string? requestId)
    {
        session.Terminal.Note($"facegrid: {problem.Detail} ({problem.Code}{(requestId is null ? "" : $", request {requestId}")})");
        if (session.Terminal.IsJson)
        {
            session.Terminal.WriteJson(new { Error = new { problem.Code, problem.Detail, RequestId = requestId } });
        }

        return exitCode;
    }
}
