//! What the protocol's types lack.

use std::future::Future;

/// Adds what the protocol's types lack to the answer to `initialize`: the hierarchy of types.
pub(crate) struct Announced<S>(pub S);

impl<S> tower::Service<tower_lsp::jsonrpc::Request> for Announced<S>
where
    S: tower::Service<tower_lsp::jsonrpc::Request, Response = Option<tower_lsp::jsonrpc::Response>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = std::result::Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut std::task::Context<'_>) -> std::task::Poll<std::result::Result<(), Self::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: tower_lsp::jsonrpc::Request) -> Self::Future {
        let is_initialize = request.method() == "initialize";
        let answer = self.0.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            if !is_initialize {
                return Ok(answer);
            }
            Ok(answer.map(|response| {
                let (id, body) = response.into_parts();
                let body = body.map(|mut value| {
                    if let Some(offers) = value.get_mut("capabilities").and_then(|c| c.as_object_mut()) {
                        offers.insert("typeHierarchyProvider".to_owned(), true.into());
                    }
                    value
                });
                tower_lsp::jsonrpc::Response::from_parts(id, body)
            }))
        })
    }
}
