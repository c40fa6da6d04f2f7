;;; kss-mode-tests.el --- Tests of kss-mode -*- lexical-binding: t; -*-

;;; Commentary:

;; emacs -Q --batch -L . -l kss-mode-tests.el -f ert-run-tests-batch-and-exit

;;; Code:

(require 'ert)
(require 'kss-mode)
(declare-function eglot-shutdown "eglot" (server))
(defvar eglot-sync-connect)
(defvar project-find-functions)

(defconst kss-tests--root (expand-file-name "../.." (file-name-directory (or load-file-name buffer-file-name))))

(defmacro kss-tests--with (text &rest body)
  "Evaluate BODY in a buffer of `kss-mode' with TEXT."
  (declare (indent 1))
  `(with-temp-buffer
     (insert ,text)
     (kss-mode)
     (font-lock-ensure)
     (goto-char (point-min))
     ,@body))

(defun kss-tests--face (text)
  "The face of the next TEXT in the buffer."
  (search-forward text)
  (let ((face (get-text-property (match-beginning 0) 'face)))
    (if (listp face) (car face) face)))

(ert-deftest kss-words-are-names-before-a-sign ()
  (kss-tests--with "for = 5min\nfor x in y { }\nuse { a = 1 }\nuse canal\nx.owner\n"
    (should (eq (kss-tests--face "for") 'font-lock-variable-name-face))
    (should (eq (kss-tests--face "for") 'font-lock-keyword-face))
    (should-not (eq (kss-tests--face "use") 'font-lock-keyword-face))
    (should (eq (kss-tests--face "use") 'font-lock-keyword-face))
    (should (eq (kss-tests--face "canal") 'font-lock-constant-face))
    (should-not (kss-tests--face "owner"))))

(ert-deftest kss-comments-and-texts ()
  (kss-tests--with "a = \"# ${b}\" # why\n## doc\nc = '\\'\nd = \"\"\"\n  \"x\" # text\n  \"\"\"\ne = 1 # end\n"
    (should (eq (kss-tests--face "# ${") 'font-lock-string-face))
    (should (eq (kss-tests--face "why") 'font-lock-comment-face))
    (should (eq (kss-tests--face "## doc") 'font-lock-doc-face))
    (should (eq (kss-tests--face "x") 'font-lock-string-face))
    (should (eq (kss-tests--face "# text") 'font-lock-string-face))
    (should (eq (kss-tests--face "e =") 'font-lock-variable-name-face))
    (should (eq (kss-tests--face "end") 'font-lock-comment-face))))

(ert-deftest kss-types ()
  (kss-tests--with "type Port = Int where it in 1..2\nfn f(a: Text) -> Bool = true\n"
    (should (eq (kss-tests--face "type") 'font-lock-keyword-face))
    (should (eq (kss-tests--face "Port") 'font-lock-type-face))
    (should (eq (kss-tests--face "where") 'font-lock-keyword-face))
    (should (eq (kss-tests--face "f(") 'font-lock-function-name-face))
    (should (eq (kss-tests--face "true") 'font-lock-constant-face))))

(defun kss-tests--files ()
  "Files of the library and the clusters, as the formatter lays them out."
  (append (directory-files-recursively (expand-file-name "stdlib" kss-tests--root) "\\.kss\\'")
          (directory-files-recursively (expand-file-name "clusters" kss-tests--root) "\\.kss\\'")))

(ert-deftest kss-indentation-is-nearly-that-of-the-formatter ()
  (let ((all 0) (wrong 0) (inhibit-message t))
    (dolist (file (kss-tests--files))
      (with-temp-buffer
        (insert-file-contents file)
        (kss-mode)
        (goto-char (point-min))
        (while (not (eobp))
          (unless (looking-at-p "[ \t]*$")
            (let ((column (kss--indentation)))
              (setq all (1+ all))
              (when (and column (/= column (current-indentation)))
                (setq wrong (1+ wrong))
                (message "%s:%d: %d" (file-name-nondirectory file) (line-number-at-pos) column))))
          (forward-line))))
    (should (> all 5000))
    ;; What is aligned by hand below an operator can't be known.
    (should (< (* 100 wrong) all))))

(ert-deftest kss-texts-of-the-library-are-closed ()
  (dolist (file (kss-tests--files))
    (with-temp-buffer
      (insert-file-contents file)
      (kss-mode)
      (let ((state (syntax-ppss (point-max))))
        (should (equal (list file (nth 0 state) (nth 3 state)) (list file 0 nil)))))))

(ert-deftest kss-the-server-is-known-to-eglot ()
  (skip-unless (require 'eglot nil t))
  (should (equal (funcall (cdr (assq 'kss-mode eglot-server-programs)) nil) '("kssc" "lsp"))))

(ert-deftest kss-errors-of-the-compiler-are-links ()
  (let ((regexp (nth 1 (assq 'kss compilation-error-regexp-alist-alist))))
    (should (string-match regexp "   ╭─[ clusters/kcs.kss:9:28 ]"))
    (should (equal (match-string 1 "   ╭─[ clusters/kcs.kss:9:28 ]") "clusters/kcs.kss"))
    (should (string-match regexp "   ├─[ clusters/kss.kss:12:25 ]"))))

;;;; The server's own requests, answered by these tests

(defvar kss-tests--asked nil "What was asked: methods with their parameters.")

(defmacro kss-tests--answering (answers &rest body)
  "Evaluate BODY, where a request is answered by the list ANSWERS."
  (declare (indent 1))
  `(cl-letf ((kss-tests--asked nil)
             ((symbol-function 'kss--ask)
              (lambda (method params)
                (push (cons method params) kss-tests--asked)
                (cdr (assq method ,answers)))))
     ,@body))

(defun kss-tests--step (file line won)
  "A statement in LINE of FILE, from 0, that WON or not."
  (list :role "plain" :won (if won t :json-false)
        :location (list :uri (concat "file://" (expand-file-name file kss-tests--root))
                        :range (list :start (list :line line :character 0)))))

(ert-deftest kss-why-lists-statements-as-links ()
  (let ((why (list :scope "kcs" :value "14GiB" :steps (vector (kss-tests--step "clusters/kcs.kss" 4 t)))))
    (kss-tests--answering (list (cons :kss/why (vector why)))
      (kss-tests--with "a = \"ä😀\" + b\n"
        (setq buffer-file-name "/site/a b.kss")
        (goto-char (line-end-position))
        (kss-why)
        (set-buffer-modified-p nil)
        (should (equal (cdar kss-tests--asked)
                       '(:textDocument (:uri "file:///site/a%20b.kss") :position (:line 0 :character 13))))))
    (with-current-buffer "*kss why*"
      (should (string-match-p "^kcs: 14GiB$" (buffer-string)))
      (should (string-match-p "clusters/kcs.kss:5: counts: plain$" (buffer-string))))))

(ert-deftest kss-an-output-leads-back-to-its-source ()
  (let* ((steps (vector (kss-tests--step "clusters/kss.kss" 1 nil) (kss-tests--step "clusters/kcs.kss" 4 t)))
         (answers (list (cons :kss/outputs (vector (list :path "a/b.yaml" :text "c: 1\nd: 2\n")))
                        (cons :kss/sourceOf (list :scope "kcs" :value "2" :steps steps)))))
    (kss-tests--answering answers
      (kss-tests--with "use canal\n"
        (setq buffer-file-name "/site/a.kss")
        (kss-outputs)
        (set-buffer-modified-p nil))
      (with-current-buffer "*kss output: a/b.yaml*"
        (should (equal (buffer-string) "c: 1\nd: 2\n"))
        (goto-char (point-min))
        (forward-line)
        (kss-source)
        (should (equal (cdar kss-tests--asked)
                       '(:textDocument (:uri "file:///site/a.kss") :path "a/b.yaml" :line 1))))
      (with-current-buffer (window-buffer (selected-window))
        (should (equal (file-name-nondirectory buffer-file-name) "kcs.kss"))
        (should (= (line-number-at-pos) 5))))))

;;;; The real server, where $KSSC names the compiler and Eglot is there

;; What `eglot' brings.
(declare-function eglot-hover-eldoc-function "eglot" (cb))
(declare-function flymake-diagnostics "flymake" (&optional beg end))
(declare-function flymake-diagnostic-beg "flymake" (diag))
(declare-function flymake-diagnostic-text "flymake" (diag))
(defvar eglot-send-changes-idle-time)
(defvar flymake-no-changes-timeout)

(defmacro kss-tests--served (file &rest body)
  "Evaluate BODY in FILE of a copy of the reference site that the real server knows."
  (declare (indent 1))
  `(let* ((root (make-temp-file "kss" t))
          (folder (expand-file-name "a/b/site/clusters" root))
          (kss-server-command (list (getenv "KSSC") "lsp"))
          (eglot-sync-connect 60)
          (eglot-send-changes-idle-time 0.05)
          (flymake-no-changes-timeout 0.05)
          (project-find-functions (list (lambda (_) (cons 'transient (file-name-directory folder))))))
     (unwind-protect
         (progn
           (make-directory folder t)
           (dolist (name '("apps.kss" "homelab.kss" "kcs.kss" "kss.kss"))
             (copy-file (expand-file-name (concat "clusters/" name) kss-tests--root) (expand-file-name name folder)))
           (with-current-buffer (find-file-noselect (expand-file-name ,file folder))
             (should (derived-mode-p 'kss-mode))
             (call-interactively #'eglot)
             (should (eglot-current-server))
             (unwind-protect (progn ,@body)
               (eglot-shutdown (eglot-current-server))
               (set-buffer-modified-p nil)
               (kill-buffer))))
       (delete-directory root t))))

(defun kss-tests--await (done)
  "Wait until the function DONE gives something, and give that.
Nobody types in the meantime, but in a batch Emacs is never idle."
  (let ((end (+ (float-time) 60)) found)
    (while (not (or (setq found (funcall done)) (> (float-time) end)))
      (mapc #'timer-event-handler (copy-sequence timer-idle-list))
      (accept-process-output nil 0.05))
    found))

(ert-deftest kss-the-real-server ()
  (skip-unless (and (getenv "KSSC") (require 'eglot nil t)))
  (kss-tests--served "kss.kss"
    ;; What was typed just now counts.
    (search-forward "memory = 10GiB")
    (replace-match "memory = 11GiB" t t)
    (goto-char (match-beginning 0))
    (kss-why)
    (with-current-buffer "*kss why*"
      (should (string-match-p "11GiB" (buffer-string)))
      (should (string-match-p "clusters/kss.kss:[0-9]+: counts: " (buffer-string))))
    (goto-char (point-min))
    (search-forward "cluster kss")
    (let ((buffer (current-buffer)))
      (cl-letf (((symbol-function 'completing-read) (lambda (_prompt paths &rest _) (car paths))))
        (kss-outputs))
      (should (string-prefix-p "*kss output: clusters/kss/" (buffer-name (window-buffer (selected-window)))))
      (set-buffer buffer))))

(ert-deftest kss-the-real-server-finds-mistakes ()
  (skip-unless (and (getenv "KSSC") (require 'eglot nil t)))
  (kss-tests--served "kss.kss"
    (search-forward "use canal")
    (insert "s")
    (let ((found (kss-tests--await (lambda () (flymake-start) (flymake-diagnostics)))))
      (should (= (length found) 1))
      (should (string-match-p "canals" (flymake-diagnostic-text (car found))))
      (should (= (line-number-at-pos (flymake-diagnostic-beg (car found))) (line-number-at-pos))))
    (delete-char -1)
    (should (kss-tests--await (lambda () (flymake-start) (null (flymake-diagnostics)))))))

(ert-deftest kss-the-real-server-explains ()
  (skip-unless (and (getenv "KSSC") (require 'eglot nil t)))
  (kss-tests--served "kss.kss"
    (search-forward "memory = 10GiB")
    (goto-char (match-beginning 0))
    (let* (said
           (answer (lambda (text &rest _) (setq said text))))
      ;; In a batch nothing is on a screen: `eldoc' would not ask.
      (cl-letf (((symbol-function 'get-buffer-window) (lambda (&rest _) t)))
        (should (eglot-hover-eldoc-function answer))
        (should (kss-tests--await (lambda () said))))
      (should (string-match-p "memory : Size" said))
      (should (string-match-p "kss: .*10GiB" said)))))

(provide 'kss-mode-tests)
;;; kss-mode-tests.el ends here
