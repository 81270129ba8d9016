namespace FaceGrid.Gateway.Security;

/// <summary>
/// Marks an endpoint of a page that is not ours and cannot send a header. It also accepts the API key as the password of HTTP Basic, which
/// browsers ask for and send by themselves. From then on a browser sends it with every request, so no endpoint that changes anything may
/// have this mark.
/// </summary>
internal sealed class BrowserPage;
