namespace FaceGrid.Gateway.Security;

/// <summary>
/// Marks an endpoint of a page that is not ours and cannot be taught to send a header: it also takes the API key as the password of HTTP
/// Basic, which browsers ask for and send by themselves. They send it unasked from then on, so nothing that changes anything may carry
/// this mark.
/// </summary>
internal sealed class BrowserPage;
